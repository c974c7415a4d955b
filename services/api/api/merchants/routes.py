"""The seeded merchant over HTTP; only outside production."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.merchants import docs
from api.merchants.service import MerchantService
from api.requests import respond


class MerchantRoutes:
    """The endpoints of merchants."""

    def __init__(self, service: MerchantService) -> None:
        self._service = service

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        return [Endpoint("GET", "/api/v1/test/merchant", self.seeded, docs.SEEDED)]

    async def seeded(self, _request: Request) -> Response:
        return respond(await self._service.seeded())
