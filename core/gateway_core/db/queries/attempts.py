"""Attempts at deliveries: each request that left is on record, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from gateway_core.db.pool import Connection


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """The outcome of one attempt, the first being 1. ``retry_in_s`` is None once the delivery is final (``status``).

    Headers are bounded by the caller and hold no NUL; ``response_headers`` is None when no response began.
    """

    delivery_id: UUID
    lease_generation: int
    attempt: int
    url: str
    started_at: datetime
    duration_ms: int
    request_headers: Mapping[str, str]
    response_code: int | None
    response_headers: Mapping[str, str] | None
    response_body: str | None
    error: str | None
    status: str
    retry_in_s: float | None


async def record_attempts(conn: Connection, records: Sequence[AttemptRecord]) -> int:
    """Record attempts and update their deliveries; returns how many still held their lease.

    An attempt whose lease was taken over or released goes on record, since its request has left, but moves nothing:
    the newer holder's attempt counts. After a commit whose reply was lost the same records may be written again.
    """
    # Receivers' texts go in binary: quoting JSON's quotes for an array's text form takes a hundred times as long.
    cursor = await conn.execute(
        """
        WITH record AS (
            SELECT * FROM unnest(
                %s::uuid[], %s::int[], %s::int[], %b::text[], %s::timestamptz[], %s::int[], %s::int[], %b::text[],
                %s::text[], %s::text[], %s::float8[], %b::text[], %b::text[]
            ) AS t (id, generation, attempt, url, started_at, duration_ms, response_code, response_body, error, status,
                    retry_in_s, request_headers, response_headers)
        ), new AS (
            SELECT r.*, l.lease_generation = r.generation AND l.leased_until IS NOT NULL
                AND l.status = 'pending' AS held
            FROM record r JOIN webhook_logs l USING (id)
            WHERE NOT EXISTS (
                SELECT FROM webhook_attempts a WHERE a.delivery_id = r.id AND a.lease_generation = r.generation
            )
            ORDER BY l.id FOR UPDATE OF l
        ), newest AS (
            SELECT DISTINCT ON (id) * FROM new ORDER BY id, generation DESC
        ), moved AS (
            UPDATE webhook_logs l
            SET attempts = l.attempts + r.held::int, last_attempt_at = r.started_at, response_code = r.response_code,
                response_body = r.response_body, last_error = r.error,
                status = CASE WHEN r.held THEN r.status ELSE l.status END,
                leased_until = CASE WHEN NOT r.held THEN l.leased_until END,
                next_retry_at = CASE WHEN NOT r.held THEN l.next_retry_at
                                     WHEN r.status = 'pending' THEN now() + make_interval(secs => r.retry_in_s) END
            FROM newest r
            WHERE l.id = r.id AND (r.held OR NOT EXISTS (
                SELECT FROM webhook_attempts a WHERE a.delivery_id = r.id AND a.lease_generation > r.generation
            ))
        ), recorded AS (
            INSERT INTO webhook_attempts
                (delivery_id, lease_generation, attempt, url, started_at, duration_ms, response_code, response_body,
                 error, request_headers, response_headers)
            SELECT id, generation, attempt, url, started_at, duration_ms, response_code, response_body, error,
                   request_headers::json, response_headers::json
            FROM new
        )
        SELECT count(*) AS held FROM new WHERE held
        """,
        (
            *([getattr(record, field) for record in records] for field in _RECORD_FIELDS),
            [_json(record.request_headers) for record in records],
            [_json(record.response_headers) for record in records],
        ),
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row["held"])


_RECORD_FIELDS = (
    "delivery_id",
    "lease_generation",
    "attempt",
    "url",
    "started_at",
    "duration_ms",
    "response_code",
    "response_body",
    "error",
    "status",
    "retry_in_s",
)


def _json(headers: Mapping[str, str] | None) -> str | None:
    return None if headers is None else orjson.dumps(headers).decode()
