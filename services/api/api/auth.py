"""Who is calling: ``X-Api-Key`` and ``X-Api-Secret`` (contract, Endpoints), or a session of the dashboard."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from starlette.requests import Request

from api.api_keys.uses import KeyUses
from api.session.cookie import Headers, SessionCookie
from api.session.same_origin import check_same_origin
from api.session.store import SessionStore
from gateway_core.db.pool import Pool
from gateway_core.db.queries.merchants import ApiCredential, find_credentials
from gateway_core.db.queries.sessions import SessionView
from gateway_core.db.reader import Reader
from gateway_core.domain.errors import GatewayError, authentication_failed, session_required
from gateway_core.runtime.crypto import hash_api_secret

KEY_HEADER: Final = b"x-api-key"
SECRET_HEADER: Final = b"x-api-secret"

_KEY = re.compile(rb"[!-~]{1,255}")
# What an unknown key is compared with, so that the comparison is made for it too.
_NOBODYS_SHA256: Final = hash_api_secret("")


class Authenticator:
    """Looks every key up at every request, in batches: a revoked key stops working at once.

    Key headers win over a session's cookie.
    """

    def __init__(
        self, pool: Pool, sessions: SessionStore, cookie: SessionCookie, origins: Collection[str]
    ) -> None:
        self._pool = pool
        self._sessions = sessions
        self._cookie = cookie
        self._origins = frozenset(origins)
        self.uses = KeyUses(pool)
        self._credentials = Reader(pool, find_credentials)

    async def merchant_of(self, request: Request) -> UUID:
        """The caller's merchant id, or AUTHENTICATION_ERROR, the same for every reason.

        FORBIDDEN_ERROR for a request with a session that the dashboard did not make.
        """
        headers: Headers = request.scope["headers"]
        keys = [value for name, value in headers if name == KEY_HEADER]
        secrets = [value for name, value in headers if name == SECRET_HEADER]
        if keys or secrets:
            return await self._key_holder(keys, secrets)
        return (await self._session_of(request)).merchant_id

    async def signed_in_merchant_of(self, request: Request) -> UUID:
        """The same for what only a person may do: FORBIDDEN_ERROR for a good API key."""
        if _has_key(request):
            await self.merchant_of(request)
            raise session_required()
        return (await self._session_of(request)).merchant_id

    def session_token_of(self, request: Request) -> str | None:
        """The session's token, if one was sent; FORBIDDEN_ERROR unless the dashboard made the request."""
        headers: Headers = request.scope["headers"]
        check_same_origin(request.scope["method"], headers, self._origins)
        return self._cookie.token_of(headers)

    async def is_still_allowed(self, request: Request) -> bool:
        """Whether the caller of a long response still has access; does not count as a use of the session.

        Raises what PostgreSQL being away raises.
        """
        if not _has_key(request):
            token = self._cookie.token_of(request.scope["headers"])
            return token is not None and await self._sessions.find(token, in_use=False) is not None
        try:
            await self.merchant_of(request)
        except GatewayError:
            return False
        return True

    async def aclose(self) -> None:
        """Answer the look-ups that wait, refuse new ones; write down which keys were used."""
        await self._credentials.aclose()
        await self.uses.aclose()

    async def _key_holder(self, keys: Sequence[bytes], secrets: Sequence[bytes]) -> UUID:
        # Two of either is nobody's mistake: whoever stands between could have read the other one.
        if len(keys) != 1 or len(secrets) != 1 or not _KEY.fullmatch(keys[0]):
            raise authentication_failed()
        key = keys[0].decode("ascii")
        merchant_id = check_secret(await self._credentials.get(key), secrets[0])
        self.uses.note(key)
        return merchant_id

    async def _session_of(self, request: Request) -> SessionView:
        headers: Headers = request.scope["headers"]
        token = self._cookie.token_of(headers)
        if token is None:
            raise authentication_failed()
        check_same_origin(request.scope["method"], headers, self._origins)
        session = await self._sessions.find(token)
        if session is None:
            raise authentication_failed()
        return session


def check_secret(credential: ApiCredential | None, secret: bytes) -> UUID:
    """The merchant id if ``secret`` fits, else AUTHENTICATION_ERROR, in time that does not tell why."""
    given = hash_api_secret(secret.decode("latin-1"))
    expected = _NOBODYS_SHA256 if credential is None else credential.secret_sha256
    matches = hmac.compare_digest(given, expected)
    if credential is None or not matches:
        raise authentication_failed()
    return credential.merchant_id


def _has_key(request: Request) -> bool:
    return any(name in (KEY_HEADER, SECRET_HEADER) for name, _ in request.scope["headers"])
