"""The event log as the dashboard's event streams follow it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway_core.db.pool import Connection

OVERLAP_IDS: Final = 2_000
"""So far behind the newest id a transaction may commit: about a second at the gateway's full pace."""


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """A committed event. ``payload`` is None if its merchant was not asked for."""

    id: int
    merchant_id: UUID
    type: str
    created_at: datetime
    payload: bytes | None


async def newest_id(conn: Connection) -> int:
    """The greatest id that is committed; 0 in an empty log."""
    cursor = await conn.execute("SELECT coalesce(max(id), 0) AS id FROM events")
    row = await cursor.fetchone()
    return row["id"] if row else 0


async def committed_ids(conn: Connection, after: int, limit: int) -> Sequence[int]:
    """The smallest ``limit`` committed ids greater than ``after``."""
    cursor = await conn.execute("SELECT id FROM events WHERE id > %s ORDER BY id LIMIT %s", (after, limit))
    return [row["id"] for row in await cursor.fetchall()]


async def appeared(
    conn: Connection, after: int, missing: Collection[int], merchants: Collection[UUID], limit: int
) -> Sequence[SeenEvent]:
    """The first ``limit`` events after ``after``, and those of ``missing`` that are committed by now, by id.

    It returns every merchant's events, because only so does the caller see the gaps; payloads only for
    ``merchants``.
    """
    cursor = await conn.execute(
        """
        SELECT id, merchant_id, type, created_at,
               CASE WHEN merchant_id = ANY(%(merchants)s::uuid[]) THEN payload END AS payload
        FROM (
            (SELECT * FROM events WHERE id > %(after)s ORDER BY id LIMIT %(limit)s)
            UNION ALL
            SELECT * FROM events WHERE id = ANY(%(missing)s::bigint[])
        ) found
        ORDER BY id
        """,
        {"after": after, "missing": list(missing), "merchants": list(merchants), "limit": limit},
    )
    return [SeenEvent(**row) for row in await cursor.fetchall()]


async def missed(conn: Connection, merchant_id: UUID, last_id: int, limit: int) -> Sequence[SeenEvent]:
    """The newest ``limit`` events of a merchant that came after event ``last_id`` did, by id.

    Also smaller ids that were committed later. A relay publishes within milliseconds of the commit, so what it
    published after ``last_id`` came after it. Where it cannot publish, events come twice rather than never.
    Reads the log from ``last_id`` to its end: the caller bounds how far back that is.
    """
    cursor = await conn.execute(
        """
        WITH last AS (SELECT published_at FROM events WHERE id = %(last)s AND merchant_id = %(merchant)s)
        SELECT id, merchant_id, type, created_at, payload FROM (
            SELECT * FROM events
            WHERE merchant_id = %(merchant)s AND id > %(last)s - %(overlap)s
              AND (id > %(last)s OR (id < %(last)s AND (published_at IS NULL
                                                        OR published_at > (SELECT published_at FROM last))))
            ORDER BY id DESC LIMIT %(limit)s
        ) newest
        ORDER BY id
        """,
        {"merchant": merchant_id, "last": last_id, "overlap": OVERLAP_IDS, "limit": limit},
    )
    return [SeenEvent(**row) for row in await cursor.fetchall()]
