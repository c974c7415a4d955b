"""Idempotency keys: taken for the length of a transaction, answered for 24 hours (contract, Rules)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gateway_core.db.pool import Connection

RETENTION_HOURS = 24


@dataclass(frozen=True, slots=True)
class KeyScope:
    """What an idempotency key is unique within."""

    merchant_id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The first answer given under a key: replayed with this status and exactly these bytes.

    ``route``: method and path of its request; None if a version that did not keep it has stored the answer.
    """

    fingerprint: bytes
    route: str | None
    status_code: int
    body: bytes


async def try_lock(conn: Connection, scopes: Sequence[KeyScope]) -> list[bool]:
    """For each scope, whether this transaction now holds it; the lock ends with the transaction, also by a crash.

    Must be a statement of its own before the answers are read: a snapshot taken before the lock could miss the
    answer that the lock's last holder has just committed.
    """
    cursor = await conn.execute(
        """
        SELECT pg_try_advisory_xact_lock(hashtextextended(scope, 0)) AS held
        FROM unnest(%s::text[]) WITH ORDINALITY AS t (scope, i) ORDER BY i
        """,
        ([f"idempotency:{scope.merchant_id}:{scope.key}" for scope in scopes],),
    )
    return [row["held"] for row in await cursor.fetchall()]


async def find_answers(conn: Connection, scopes: Sequence[KeyScope]) -> dict[KeyScope, StoredAnswer]:
    """The answers stored for ``scopes`` that have not expired."""
    cursor = await conn.execute(
        """
        SELECT k.merchant_id, k.key, k.fingerprint, k.route, k.status_code, k.response::text AS response
        FROM unnest(%s::uuid[], %s::text[]) AS t (merchant_id, key)
        JOIN idempotency_keys k ON k.merchant_id = t.merchant_id AND k.key = t.key AND k.expires_at > now()
        """,
        ([scope.merchant_id for scope in scopes], [scope.key for scope in scopes]),
    )
    return {
        KeyScope(row["merchant_id"], row["key"]): StoredAnswer(
            row["fingerprint"], row["route"], row["status_code"], row["response"].encode()
        )
        for row in await cursor.fetchall()
    }


async def store_answers(conn: Connection, answers: Sequence[tuple[KeyScope, StoredAnswer]]) -> None:
    """Store ``answers`` for ``RETENTION_HOURS``; an expired answer under the same key is replaced."""
    await conn.execute(
        f"""
        INSERT INTO idempotency_keys AS k (merchant_id, key, fingerprint, route, status_code, response, expires_at)
        SELECT t.merchant_id, t.key, t.fingerprint, t.route, t.status_code, t.response::json,
               now() + interval '{RETENTION_HOURS} hours'
        FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::int[], %s::text[])
             AS t (merchant_id, key, fingerprint, route, status_code, response)
        ON CONFLICT (key, merchant_id) DO UPDATE
        SET fingerprint = excluded.fingerprint, route = excluded.route, status_code = excluded.status_code,
            response = excluded.response, created_at = now(), expires_at = excluded.expires_at
        WHERE k.expires_at <= now()
        """,
        (
            [scope.merchant_id for scope, _ in answers],
            [scope.key for scope, _ in answers],
            [answer.fingerprint for _, answer in answers],
            [answer.route for _, answer in answers],
            [answer.status_code for _, answer in answers],
            [answer.body.decode() for _, answer in answers],
        ),
    )


async def purge_expired(conn: Connection, limit: int) -> int:
    """Delete up to ``limit`` expired keys; returns how many went."""
    cursor = await conn.execute(
        """
        DELETE FROM idempotency_keys WHERE (key, merchant_id) IN (
            SELECT key, merchant_id FROM idempotency_keys WHERE expires_at <= now()
            ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
        )
        """,
        (limit,),
    )
    return cursor.rowcount
