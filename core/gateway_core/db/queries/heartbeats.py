"""Heartbeats of the workers."""

from __future__ import annotations

from collections.abc import Mapping

from gateway_core.db.pool import Connection

BEAT_EVERY_S = 3.0
ALIVE_WITHIN_S = 10
FORGET_AFTER_S = 3600


async def beat(conn: Connection, worker_id: str, in_flight: Mapping[str, int]) -> bool:
    """Record that ``worker_id`` works on these queues now, with so many rows in flight.

    Returns whether it is the first worker alive. Deletes heartbeats older than ``FORGET_AFTER_S``, but waits
    for no locked row: after a machine was suspended, all its workers delete one another's.
    """
    cursor = await conn.execute(
        """
        WITH forgotten AS (
            DELETE FROM worker_heartbeats WHERE (worker_id, queue) IN (
                SELECT worker_id, queue FROM worker_heartbeats
                WHERE beat_at < now() - make_interval(secs => %(forget_s)s) FOR UPDATE SKIP LOCKED
            )
        ), beat AS (
            INSERT INTO worker_heartbeats (worker_id, queue, in_flight)
            SELECT %(worker)s, * FROM unnest(%(queues)s::text[], %(in_flight)s::int[])
            ON CONFLICT (worker_id, queue) DO UPDATE SET beat_at = now(), in_flight = excluded.in_flight
        )
        SELECT NOT EXISTS (
            SELECT FROM worker_heartbeats
            WHERE worker_id < %(worker)s AND beat_at > now() - make_interval(secs => %(alive_s)s)
        ) AS is_first
        """,
        {
            "worker": worker_id,
            "queues": list(in_flight),
            "in_flight": list(in_flight.values()),
            "forget_s": FORGET_AFTER_S,
            "alive_s": ALIVE_WITHIN_S,
        },
    )
    row = await cursor.fetchone()
    return bool(row and row["is_first"])


async def say_goodbye(conn: Connection, worker_id: str) -> None:
    """Remove the heartbeats of a worker that stops on purpose."""
    await conn.execute("DELETE FROM worker_heartbeats WHERE worker_id = %s", (worker_id,))


async def live_queues(conn: Connection) -> dict[str, int]:
    """Queues that have a worker alive, with the number of their workers."""
    cursor = await conn.execute(
        """
        SELECT queue, count(*) AS workers FROM worker_heartbeats
        WHERE beat_at > now() - make_interval(secs => %s) GROUP BY queue
        """,
        (ALIVE_WITHIN_S,),
    )
    return {row["queue"]: row["workers"] for row in await cursor.fetchall()}
