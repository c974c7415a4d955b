"""API keys over their life: made, used, rolled, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway_core.db.pool import Connection

MAX_LISTED = 200

_COLUMNS = (
    "k.key, k.name, k.created_at, k.last_used_at, k.expires_at, k.revoked_at, k.key = m.api_key AS is_primary"
)


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """One key of a merchant. ``expires_at`` in the future: it has been rolled and still works until then."""

    key: str
    name: str | None
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    is_primary: bool


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key to make; of its secret only the hash is known here."""

    key: str
    name: str | None
    secret_sha256: bytes


async def lock_merchant(conn: Connection, merchant_id: UUID) -> datetime:
    """Let only this transaction change the merchant's keys until it ends; returns its time."""
    cursor = await conn.execute(
        "SELECT now() AS now FROM merchants WHERE id = %s FOR NO KEY UPDATE", (merchant_id,)
    )
    row = await cursor.fetchone()
    assert row is not None  # the merchant has signed in, so its row exists
    now: datetime = row["now"]
    return now


async def list_keys(conn: Connection, merchant_id: UUID) -> list[ApiKeyView]:
    """The keys of a merchant, newest first; live ones always, of the others the latest."""
    cursor = await conn.execute(
        f"""
        SELECT * FROM (
            SELECT {_COLUMNS} FROM api_keys k JOIN merchants m ON m.id = k.merchant_id
            WHERE k.merchant_id = %s
            ORDER BY k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) DESC,
                     k.created_at DESC, k.key DESC
            LIMIT %s
        ) latest ORDER BY created_at DESC, key DESC
        """,
        (merchant_id, MAX_LISTED),
    )
    return [ApiKeyView(**row) for row in await cursor.fetchall()]


async def find_key(conn: Connection, merchant_id: UUID, key: str) -> ApiKeyView | None:
    """One key of the merchant."""
    cursor = await conn.execute(
        f"""
        SELECT {_COLUMNS} FROM api_keys k JOIN merchants m ON m.id = k.merchant_id
        WHERE k.merchant_id = %s AND k.key = %s
        """,
        (merchant_id, key),
    )
    row = await cursor.fetchone()
    return ApiKeyView(**row) if row else None


async def insert_key(conn: Connection, merchant_id: UUID, new: NewApiKey) -> None:
    """Make a key; it works once the transaction has committed."""
    await conn.execute(
        "INSERT INTO api_keys (key, merchant_id, name, secret_sha256) VALUES (%s, %s, %s, %s)",
        (new.key, merchant_id, new.name, new.secret_sha256),
    )


async def expire_key(conn: Connection, key: str, overlap_s: int) -> None:
    """Let a key expire at this time."""
    await conn.execute(
        "UPDATE api_keys SET expires_at = now() + make_interval(secs => %s) WHERE key = %s", (overlap_s, key)
    )


async def revoke_key(conn: Connection, key: str) -> None:
    """Revoke a key. If it is revoked already, it keeps its time."""
    await conn.execute("UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE key = %s", (key,))


async def set_primary(conn: Connection, merchant_id: UUID, key: str) -> None:
    """Make ``key`` the key that the dashboard shows."""
    await conn.execute(
        "UPDATE merchants SET api_key = %s, updated_at = now() WHERE id = %s", (key, merchant_id)
    )


async def record_uses(conn: Connection, used_at: Mapping[str, datetime]) -> None:
    """Write when keys were last used; a time never goes back. Locks in one order: other processes write too."""
    await conn.execute(
        """
        WITH used AS (
            SELECT key, at FROM unnest(%s::text[], %s::timestamptz[]) AS used (key, at)
        ), held AS (
            SELECT k.key FROM api_keys k JOIN used USING (key) ORDER BY k.key FOR NO KEY UPDATE OF k
        )
        UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, used.at)
        FROM used JOIN held USING (key) WHERE k.key = used.key
        """,
        (list(used_at), list(used_at.values())),
    )
