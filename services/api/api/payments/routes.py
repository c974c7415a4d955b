"""Payments over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.paging import MAX_LIMIT, page_request
from api.payments import docs
from api.payments.service import PaymentService
from api.requests import Door, idempotency_key, read_object, respond, respond_page


class PaymentRoutes:
    """The endpoints of payments."""

    def __init__(self, service: PaymentService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        return [
            Endpoint("POST", "/api/v1/payments", self.create, docs.CREATE),
            Endpoint(
                "POST", "/api/v1/payments/public", self.create_public, docs.CREATE_PUBLIC, cross_origin=True
            ),
            Endpoint("GET", "/api/v1/payments", self.list_page, docs.LIST),
            Endpoint("GET", "/api/v1/payments/{payment_id}", self.get, docs.GET),
            Endpoint(
                "GET",
                "/api/v1/payments/{payment_id}/public",
                self.get_public,
                docs.GET_PUBLIC,
                cross_origin=True,
            ),
            Endpoint("POST", "/api/v1/payments/{payment_id}/capture", self.capture, docs.CAPTURE),
        ]

    async def create(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        body = await read_object(request)
        return respond(await self._service.create(merchant_id, body, idempotency_key(request)))

    async def create_public(self, request: Request) -> Response:
        body = await read_object(request)
        return respond(await self._service.create_public(body, idempotency_key(request)))

    async def list_page(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        wanted = page_request(request.query_params, default_limit=MAX_LIMIT)
        return respond_page(request, await self._service.list_page(merchant_id, request.query_params, wanted))

    async def get(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.get(merchant_id, request.path_params["payment_id"]))

    async def get_public(self, request: Request) -> Response:
        return respond(await self._service.get_public(request.path_params["payment_id"]))

    async def capture(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        body = await read_object(request)
        payment_id = request.path_params["payment_id"]
        return respond(await self._service.capture(merchant_id, payment_id, body, idempotency_key(request)))
