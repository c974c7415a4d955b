"""Sessions over HTTP. Their cookie is written here and read in `auth` and here, nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.requests import NO_STORE, read_object, respond
from api.session import docs
from api.session.cookie import SessionCookie
from api.session.same_origin import check_same_origin
from api.session.service import SessionService
from gateway_core.domain.sign_in import Network, client_address

FORWARDED_FOR = "x-forwarded-for"
MAX_HOPS = 20


class SessionRoutes:
    """The endpoints of sessions. API keys mean nothing to them."""

    def __init__(
        self,
        service: SessionService,
        cookie: SessionCookie,
        origins: Collection[str],
        trusted_proxies: Sequence[Network],
    ) -> None:
        self._service = service
        self._cookie = cookie
        self._origins = frozenset(origins)
        self._trusted = trusted_proxies

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        path = "/api/v1/session"
        return [
            Endpoint("GET", path, self.current, docs.GET),
            Endpoint("POST", path, self.sign_in, docs.SIGN_IN),
            Endpoint("DELETE", path, self.sign_out, docs.SIGN_OUT),
        ]

    async def sign_in(self, request: Request) -> Response:
        old_token = self._token(request)
        signed_in = await self._service.sign_in(await read_object(request), self._address(request), old_token)
        response = respond(signed_in.answer)
        response.headers["set-cookie"] = self._cookie.issue(signed_in.token)
        return response

    async def current(self, request: Request) -> Response:
        return respond(await self._service.current(self._token(request)))

    async def sign_out(self, request: Request) -> Response:
        await self._service.sign_out(self._token(request))
        return Response(status_code=204, headers={**NO_STORE, "set-cookie": self._cookie.clear()})

    def _token(self, request: Request) -> str | None:
        """The session's token, once it is known that the dashboard asks."""
        headers = request.scope["headers"]
        check_same_origin(request.scope["method"], headers, self._origins)
        return self._cookie.token_of(headers)

    def _address(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        entries = ",".join(request.headers.getlist(FORWARDED_FOR)).split(",")
        return client_address(peer, [entry.strip() for entry in entries[-MAX_HOPS:]], self._trusted)
