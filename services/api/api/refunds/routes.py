"""Refunds over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.paging import MAX_LIMIT, page_request
from api.refunds import docs
from api.refunds.service import RefundService
from api.requests import Door, idempotency_key, read_object, respond, respond_page


class RefundRoutes:
    """The endpoints of refunds."""

    def __init__(self, service: RefundService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        return [
            Endpoint("POST", "/api/v1/payments/{payment_id}/refunds", self.create, docs.CREATE),
            Endpoint("GET", "/api/v1/payments/{payment_id}/refunds", self.list_of_payment, docs.LIST),
            Endpoint("GET", "/api/v1/refunds/{refund_id}", self.get, docs.GET),
        ]

    async def create(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        body = await read_object(request)
        payment_id = request.path_params["payment_id"]
        return respond(await self._service.create(merchant_id, payment_id, body, idempotency_key(request)))

    async def list_of_payment(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        wanted = page_request(request.query_params, default_limit=MAX_LIMIT)
        payment_id = request.path_params["payment_id"]
        return respond_page(request, await self._service.list_of_payment(merchant_id, payment_id, wanted))

    async def get(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.get(merchant_id, request.path_params["refund_id"]))
