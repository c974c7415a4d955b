"""Counts of jobs on the three queues, from the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass

from gateway_core.db.pool import Connection


@dataclass(frozen=True, slots=True)
class JobCounts:
    """Payments, refunds and deliveries by state; a retry that is due later counts as pending."""

    pending: int
    processing: int
    completed: int
    failed: int


async def count_jobs(conn: Connection) -> JobCounts:
    """Count the jobs of all three queues."""
    cursor = await conn.execute(
        """
        WITH job AS (
            SELECT CASE status WHEN 'success' THEN 'completed' ELSE status END AS state, count(*) AS jobs
            FROM payments GROUP BY 1
            UNION ALL
            SELECT CASE status WHEN 'processed' THEN 'completed' ELSE status END, count(*) FROM refunds GROUP BY 1
            UNION ALL
            SELECT CASE WHEN status = 'success' THEN 'completed'
                        WHEN status = 'pending' AND leased_until > now() THEN 'processing'
                        ELSE status END, count(*)
            FROM webhook_logs GROUP BY 1
        )
        SELECT coalesce(sum(jobs) FILTER (WHERE state = 'pending'), 0)::bigint AS pending,
               coalesce(sum(jobs) FILTER (WHERE state = 'processing'), 0)::bigint AS processing,
               coalesce(sum(jobs) FILTER (WHERE state = 'completed'), 0)::bigint AS completed,
               coalesce(sum(jobs) FILTER (WHERE state = 'failed'), 0)::bigint AS failed
        FROM job
        """
    )
    row = await cursor.fetchone()
    assert row is not None  # an aggregate always has one row
    return JobCounts(**row)
