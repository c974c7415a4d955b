"""API keys over HTTP: for people who are signed in, never with a key."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.api_keys import docs
from api.api_keys.service import ApiKeyService
from api.describe import Endpoint
from api.requests import Door, read_object, respond


class ApiKeyRoutes:
    """The endpoints of API keys."""

    def __init__(self, service: ApiKeyService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        base = "/api/v1/api-keys"
        return [
            Endpoint("GET", base, self.list_keys, docs.LIST),
            Endpoint("POST", base, self.create, docs.CREATE),
            Endpoint("POST", f"{base}/{{key}}/roll", self.roll, docs.ROLL),
            Endpoint("POST", f"{base}/{{key}}/revoke", self.revoke, docs.REVOKE),
        ]

    async def list_keys(self, request: Request) -> Response:
        merchant_id = await self._door.signed_in_merchant_of(request)
        return respond(await self._service.list_keys(merchant_id))

    async def create(self, request: Request) -> Response:
        merchant_id = await self._door.signed_in_merchant_of(request)
        return respond(await self._service.create(merchant_id, await read_object(request)))

    async def roll(self, request: Request) -> Response:
        merchant_id = await self._door.signed_in_merchant_of(request)
        key = request.path_params["key"]
        return respond(await self._service.roll(merchant_id, key, await read_object(request)))

    async def revoke(self, request: Request) -> Response:
        merchant_id = await self._door.signed_in_merchant_of(request)
        return respond(await self._service.revoke(merchant_id, request.path_params["key"]))
