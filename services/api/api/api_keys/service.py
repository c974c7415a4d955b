"""What can be done with API keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from api.api_keys.schemas import ApiKey, ApiKeyList, NewApiKey, api_key, new_api_key
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import api_keys, clock
from gateway_core.db.queries.api_keys import ApiKeyView
from gateway_core.domain.api_key import (
    API_SECRET_PREFIX,
    KEY_PREFIX,
    MAX_LIVE_KEYS,
    ApiKeyStatus,
    key_not_active,
    key_status,
    too_many_keys,
)
from gateway_core.domain.errors import not_found
from gateway_core.runtime.crypto import hash_api_secret
from gateway_core.runtime.ids import new_id

# What a key can look like: anything else is answered 404 without a query.
_KEY: Final = re.compile(r"[!-~]{1,255}")


class ApiKeyService:
    """API keys of one gateway. Keys of one merchant change one at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list_keys(self, merchant_id: UUID) -> ApiKeyList:
        """The merchant's keys, newest first."""
        async with transaction(self._pool) as conn:
            now = await clock.transaction_time(conn)
            found = await api_keys.list_keys(conn, merchant_id)
        return ApiKeyList(data=[api_key(each, now) for each in found])

    async def create(self, merchant_id: UUID, name: str | None) -> NewApiKey:
        """A new key and its secret, never to be shown again; BAD_REQUEST_ERROR beyond the limit."""
        async with transaction(self._pool) as conn:
            now = await api_keys.lock_merchant(conn, merchant_id)
            live = await _live(conn, merchant_id, now)
            made, secret = await _add(conn, merchant_id, name, live)
            if not any(each.is_primary for each in live):
                await api_keys.set_primary(conn, merchant_id, made)
            return new_api_key(await _find(conn, merchant_id, made), now, secret)

    async def roll(self, merchant_id: UUID, key: str, overlap_s: int) -> NewApiKey:
        """The replacement of ``key`` and its secret; ``key`` itself works for the overlap and no longer."""
        async with transaction(self._pool) as conn:
            now = await api_keys.lock_merchant(conn, merchant_id)
            old = await _find(conn, merchant_id, key)
            if key_status(old.revoked_at, old.expires_at, now) is not ApiKeyStatus.ACTIVE:
                raise key_not_active()
            await api_keys.expire_key(conn, key, overlap_s)
            made, secret = await _add(conn, merchant_id, old.name, await _live(conn, merchant_id, now))
            if old.is_primary:
                await api_keys.set_primary(conn, merchant_id, made)
            return new_api_key(await _find(conn, merchant_id, made), now, secret)

    async def revoke(self, merchant_id: UUID, key: str) -> ApiKey:
        """``key``, which no longer works; revoking twice changes nothing."""
        async with transaction(self._pool) as conn:
            now = await api_keys.lock_merchant(conn, merchant_id)
            old = await _find(conn, merchant_id, key)
            await api_keys.revoke_key(conn, key)
            live = await _live(conn, merchant_id, now)
            if old.is_primary and live:
                await api_keys.set_primary(conn, merchant_id, _replacement(live).key)
            return api_key(await _find(conn, merchant_id, key), now)


async def _add(
    conn: Connection, merchant_id: UUID, name: str | None, live: Sequence[ApiKeyView]
) -> tuple[str, str]:
    """A new key and its secret, beside the live ones."""
    if len(live) >= MAX_LIVE_KEYS:
        raise too_many_keys()
    key, secret = new_id(KEY_PREFIX), new_id(API_SECRET_PREFIX)
    await api_keys.insert_key(conn, merchant_id, api_keys.NewApiKey(key, name, hash_api_secret(secret)))
    return key, secret


async def _find(conn: Connection, merchant_id: UUID, key: str) -> ApiKeyView:
    found = await api_keys.find_key(conn, merchant_id, key) if _KEY.fullmatch(key) else None
    if found is None:
        raise not_found("API key")
    return found


async def _live(conn: Connection, merchant_id: UUID, now: datetime) -> list[ApiKeyView]:
    """Newest first."""
    found = await api_keys.list_keys(conn, merchant_id)
    return [each for each in found if key_status(each.revoked_at, each.expires_at, now).is_live]


def _replacement(live: Sequence[ApiKeyView]) -> ApiKeyView:
    """The primary key after a revoked one: the newest without an end, else the newest that expires."""
    return next((each for each in live if each.expires_at is None), live[0])
