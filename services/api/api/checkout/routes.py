"""The checkout over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.checkout import docs
from api.checkout.service import CheckoutService
from api.describe import Endpoint
from api.requests import Door, read_object, respond

SECRET_HEADER = "x-client-secret"  # noqa: S105 -- its name


class CheckoutRoutes:
    """The endpoints of the checkout."""

    def __init__(self, service: CheckoutService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        base, payment = "/api/v1/checkout", "/api/v1/payments/{payment_id}"
        return [
            Endpoint("GET", f"{payment}/checkout", self.get, docs.GET, cross_origin=True),
            Endpoint(
                "POST", f"{payment}/authenticate", self.authenticate, docs.AUTHENTICATE, cross_origin=True
            ),
            Endpoint("POST", f"{payment}/cancel", self.cancel, docs.CANCEL, cross_origin=True),
            Endpoint("GET", f"{base}/origins", self.origins, docs.ORIGINS),
            Endpoint("GET", f"{base}/settings", self.get_settings, docs.GET_SETTINGS),
            Endpoint("PUT", f"{base}/settings", self.set_settings, docs.PUT_SETTINGS),
        ]

    async def get(self, request: Request) -> Response:
        return respond(await self._service.get(request.path_params["payment_id"], _client_secret(request)))

    async def authenticate(self, request: Request) -> Response:
        payment_id, secret = request.path_params["payment_id"], _client_secret(request)
        return respond(await self._service.authenticate(payment_id, secret, await read_object(request)))

    async def cancel(self, request: Request) -> Response:
        return respond(await self._service.cancel(request.path_params["payment_id"], _client_secret(request)))

    async def origins(self, request: Request) -> Response:
        return respond(await self._service.origins_of(request.query_params.get("order_id", "")))

    async def get_settings(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.get_settings(merchant_id))

    async def set_settings(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.set_settings(merchant_id, await read_object(request)))


def _client_secret(request: Request) -> str | None:
    """The one client secret that was sent; of several, none counts."""
    sent = request.headers.getlist(SECRET_HEADER)
    return sent[0] if len(sent) == 1 else None
