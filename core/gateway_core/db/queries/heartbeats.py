"""Signs of life of the workers."""

from __future__ import annotations

from gateway_core.db.pool import Connection

BEAT_EVERY_S = 2.0
ALIVE_WITHIN_S = 10
FORGET_AFTER_S = 3600


async def beat(conn: Connection, worker_id: str, queue: str, in_flight: int) -> None:
    """Record that ``worker_id`` works on ``queue`` now, and forget workers unseen for ``FORGET_AFTER_S``.

    Waits for nobody else's row: all the workers of a machine that slept are stale to one another.
    """
    await conn.execute(
        """
        WITH forgotten AS (
            DELETE FROM worker_heartbeats WHERE (worker_id, queue) IN (
                SELECT worker_id, queue FROM worker_heartbeats
                WHERE beat_at < now() - make_interval(secs => %(forget_s)s) FOR UPDATE SKIP LOCKED
            )
        )
        INSERT INTO worker_heartbeats (worker_id, queue, in_flight) VALUES (%(worker)s, %(queue)s, %(in_flight)s)
        ON CONFLICT (worker_id, queue) DO UPDATE SET beat_at = now(), in_flight = excluded.in_flight
        """,
        {"worker": worker_id, "queue": queue, "in_flight": in_flight, "forget_s": FORGET_AFTER_S},
    )


async def say_goodbye(conn: Connection, worker_id: str, queue: str) -> None:
    """Remove the heartbeat of a worker that stops on purpose."""
    await conn.execute(
        "DELETE FROM worker_heartbeats WHERE worker_id = %s AND queue = %s", (worker_id, queue)
    )


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


async def is_first(conn: Connection, worker_id: str) -> bool:
    """Whether ``worker_id`` is the one worker alive that does what only one need do.

    While workers come and go two may think so for ``ALIVE_WITHIN_S``, or none.
    """
    cursor = await conn.execute(
        """
        SELECT min(worker_id) = %s AS is_first FROM worker_heartbeats
        WHERE beat_at > now() - make_interval(secs => %s)
        """,
        (worker_id, ALIVE_WITHIN_S),
    )
    row = await cursor.fetchone()
    return bool(row and row["is_first"])
