"""Orders over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.orders import docs
from api.orders.service import OrderService
from api.paging import MAX_LIMIT, page_request
from api.requests import Door, idempotency_key, read_object, respond, respond_page


class OrderRoutes:
    """The endpoints of orders."""

    def __init__(self, service: OrderService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        return [
            Endpoint("POST", "/api/v1/orders", self.create, docs.CREATE),
            Endpoint("GET", "/api/v1/orders", self.list_page, docs.LIST),
            Endpoint("GET", "/api/v1/orders/{order_id}", self.get, docs.GET),
            Endpoint(
                "GET", "/api/v1/orders/{order_id}/public", self.get_public, docs.GET_PUBLIC, cross_origin=True
            ),
        ]

    async def create(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        body = await read_object(request)
        return respond(await self._service.create(merchant_id, body, idempotency_key(request)))

    async def list_page(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        wanted = page_request(request.query_params, default_limit=MAX_LIMIT)
        return respond_page(request, await self._service.list_page(merchant_id, wanted))

    async def get(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.get(merchant_id, request.path_params["order_id"]))

    async def get_public(self, request: Request) -> Response:
        return respond(await self._service.get_public(request.path_params["order_id"]))
