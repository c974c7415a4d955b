"""Idempotency keys: taken for the length of a transaction, answered for 24 hours (contract, Rules)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

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


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key as a request finds it: ``is_free`` unless another transaction works under it, and its stored answer."""

    is_free: bool
    answer: StoredAnswer | None


async def look_up(conn: Connection, scopes: Sequence[KeyScope]) -> list[KeyState]:
    """The state of each of ``scopes``, in order.

    A transaction holds the keys that it found free until it ends, also by a crash. An answer that is committed at
    this very moment may be missed: ``store_answers`` refuses to store a second one.
    """
    cursor = await conn.execute(
        """
        SELECT pg_try_advisory_xact_lock(hashtextextended(t.lock, 0)) AS is_free,
               k.fingerprint, k.route, k.status_code, k.response::text AS response
        FROM unnest(%s::text[], %s::uuid[], %s::text[]) WITH ORDINALITY AS t (lock, merchant_id, key, i)
        LEFT JOIN idempotency_keys k
             ON k.merchant_id = t.merchant_id AND k.key = t.key AND k.expires_at > now()
        ORDER BY t.i
        """,
        (
            [f"idempotency:{scope.merchant_id}:{scope.key}" for scope in scopes],
            [scope.merchant_id for scope in scopes],
            [scope.key for scope in scopes],
        ),
    )
    return [KeyState(row["is_free"], _answer(row)) for row in await cursor.fetchall()]


async def store_answers(conn: Connection, answers: Sequence[tuple[KeyScope, StoredAnswer]]) -> None:
    """Store ``answers`` for ``RETENTION_HOURS``; an expired answer under the same key is replaced.

    Raises ``UniqueViolation`` (see ``is_key_conflict``) when one of the keys has an answer that still counts.
    """
    merchant_ids, keys = [scope.merchant_id for scope, _ in answers], [scope.key for scope, _ in answers]
    await conn.execute(
        """
        DELETE FROM idempotency_keys k USING unnest(%s::uuid[], %s::text[]) AS t (merchant_id, key)
        WHERE k.merchant_id = t.merchant_id AND k.key = t.key AND k.expires_at <= now()
        """,
        (merchant_ids, keys),
    )
    await conn.execute(
        f"""
        INSERT INTO idempotency_keys (merchant_id, key, fingerprint, route, status_code, response, expires_at)
        SELECT t.merchant_id, t.key, t.fingerprint, t.route, t.status_code, t.response::json,
               now() + interval '{RETENTION_HOURS} hours'
        FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::int[], %s::text[])
             AS t (merchant_id, key, fingerprint, route, status_code, response)
        """,
        (
            merchant_ids,
            keys,
            [answer.fingerprint for _, answer in answers],
            [answer.route for _, answer in answers],
            [answer.status_code for _, answer in answers],
            [answer.body.decode() for _, answer in answers],
        ),
    )


def is_key_conflict(error: BaseException) -> bool:
    """Whether ``error`` says that another request has stored its answer under the same key."""
    return isinstance(error, UniqueViolation) and error.diag.table_name == "idempotency_keys"


def _answer(row: Mapping[str, Any]) -> StoredAnswer | None:
    if row["fingerprint"] is None:
        return None
    return StoredAnswer(row["fingerprint"], row["route"], row["status_code"], row["response"].encode())


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
