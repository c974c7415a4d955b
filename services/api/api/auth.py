"""Who is calling: ``X-Api-Key`` and ``X-Api-Secret`` (contract, Endpoints)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from gateway_core.db.engine import transaction
from gateway_core.db.queries.merchants import ApiCredential, find_credentials
from gateway_core.domain.errors import authentication_failed
from gateway_core.runtime.coalescer import Coalescer
from gateway_core.runtime.crypto import hash_api_secret

KEY_HEADER: Final = b"x-api-key"
SECRET_HEADER: Final = b"x-api-secret"
MAX_BATCH: Final = 200
MAX_WAITING: Final = 2000
IN_FLIGHT: Final = 2

_KEY = re.compile(rb"[!-~]{1,255}")
# What an unknown key is compared with, so that the comparison is made for it too.
_NOBODYS_SHA256: Final = hash_api_secret("")


class Authenticator:
    """Looks every key up at every request, in batches: a revoked key stops working at once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._lookups: Coalescer[str, ApiCredential | None] = Coalescer(
            self._find, max_batch=MAX_BATCH, max_waiting=MAX_WAITING, in_flight=IN_FLIGHT
        )

    async def merchant_of(self, request: Request) -> UUID:
        """The caller's merchant id, or AUTHENTICATION_ERROR, the same for every reason."""
        headers: Sequence[tuple[bytes, bytes]] = request.scope["headers"]
        keys = [value for name, value in headers if name == KEY_HEADER]
        secrets = [value for name, value in headers if name == SECRET_HEADER]
        # Two of either is nobody's mistake: whoever stands between could have read the other one.
        if len(keys) != 1 or len(secrets) != 1 or not _KEY.fullmatch(keys[0]):
            raise authentication_failed()
        credential = await self._lookups.submit(keys[0].decode("ascii"))
        return check_secret(credential, secrets[0])

    async def aclose(self) -> None:
        """Answer the look-ups that wait, refuse new ones."""
        await self._lookups.aclose()

    async def _find(self, keys: Sequence[str]) -> Sequence[ApiCredential | None]:
        async with transaction(self._engine) as conn:
            found: Mapping[str, ApiCredential] = await find_credentials(conn, list(set(keys)))
        return [found.get(key) for key in keys]


def check_secret(credential: ApiCredential | None, secret: bytes) -> UUID:
    """The merchant id if ``secret`` fits, else AUTHENTICATION_ERROR, in time that does not tell why."""
    given = hash_api_secret(secret.decode("latin-1"))
    expected = _NOBODYS_SHA256 if credential is None else credential.secret_sha256
    matches = hmac.compare_digest(given, expected)
    if credential is None or not matches:
        raise authentication_failed()
    return credential.merchant_id
