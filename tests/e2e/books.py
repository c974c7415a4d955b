"""Checks of a gateway's data once all work is done, after any fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from gateway_core.db.queries.invariants import violations
from gateway_core.testing.factories import eventually
from tests.e2e.gateway import WEBHOOK_SECRET
from tests.e2e.stack import Stack

REST_TIMEOUT_S = 60.0  # a killed worker's leases have to end first
CHECK_EVERY_S = 0.25

AT_WORK = """
    SELECT (SELECT count(*) FROM payments WHERE status IN ('pending', 'processing')) AS payments,
           (SELECT count(*) FROM refunds WHERE status IN ('pending', 'processing')) AS refunds,
           (SELECT count(*) FROM events WHERE published_at IS NULL) AS unpublished,
           (SELECT count(*) FROM events WHERE fanned_out_at IS NULL) AS not_fanned_out,
           (SELECT count(*) FROM webhook_logs WHERE status = 'pending') AS deliveries
"""


async def rows(stack: Stack, query: LiteralString, *parameters: object) -> list[dict[str, Any]]:
    """The rows of a query on the stack's database."""
    async with await psycopg.AsyncConnection.connect(stack.database_url, row_factory=dict_row) as conn:
        return await (await conn.execute(query, parameters)).fetchall()


async def at_rest(stack: Stack, *, timeout_s: float = REST_TIMEOUT_S) -> None:
    """Return once nothing is left to do; AssertionError with what is after ``timeout_s``."""

    async def nothing_left() -> bool:
        [left] = await rows(stack, AT_WORK)
        assert not any(left.values()), left
        return True

    await eventually(nothing_left, timeout_s=timeout_s, every_s=CHECK_EVERY_S)


@asynccontextmanager
async def webhooks_to(stack: Stack, url: str, secret: str = WEBHOOK_SECRET) -> AsyncIterator[None]:
    """Within the block the merchant's webhooks go to ``url``; around it, to the stack's own receiver."""
    await at_rest(stack)
    await stack.gateway.send_webhooks_to(url, secret)
    try:
        yield
        await at_rest(stack)
    finally:
        await stack.gateway.send_webhooks_to(stack.receiver.url())


async def audit(stack: Stack, *, payments: Collection[str] = (), refunds: Collection[str] = ()) -> None:
    """Wait for rest, then check it all: what was accepted is final, every event arrived, nothing is violated."""
    await at_rest(stack)
    await _accepted_is_final(stack, payments, refunds)
    await _every_event_arrived(stack)
    await _sequences_have_no_gaps(stack)
    await _invariants_hold(stack)


async def _accepted_is_final(stack: Stack, payments: Collection[str], refunds: Collection[str]) -> None:
    statuses = await rows(stack, "SELECT id, status FROM payments UNION ALL SELECT id, status FROM refunds")
    known = {row["id"]: row["status"] for row in statuses}
    lost = [accepted for accepted in (*payments, *refunds) if accepted not in known]
    assert not lost, f"{len(lost)} answered with 201 and gone: {lost[:5]}"
    assert set(known.values()) <= {"success", "failed", "processed"}, Counter(known.values())


async def _sequences_have_no_gaps(stack: Stack) -> None:
    misplaced = await rows(
        stack,
        """
        SELECT subject_id, type, sequence, place FROM (
            SELECT subject_id, type, (convert_from(payload, 'UTF8')::json #>> '{data,sequence}')::int AS sequence,
                   row_number() OVER (PARTITION BY subject_id ORDER BY id) AS place
            FROM events
        ) numbered WHERE sequence <> place
        """,
    )
    assert not misplaced, f"{len(misplaced)} events leave gaps or come in another order: {misplaced[:5]}"


async def _every_event_arrived(stack: Stack) -> None:
    """One delivery each, all successes, and every body came in with a signature that holds."""
    events = await rows(
        stack,
        "SELECT e.id, e.type, e.payload, l.status FROM events e LEFT JOIN webhook_logs l ON l.event_id = e.id",
    )
    undelivered = [(event["type"], event["status"]) for event in events if event["status"] != "success"]
    assert not undelivered, f"{len(undelivered)} of {len(events)} not delivered: {undelivered[:5]}"
    came = stack.receiver.received()
    forged = [request.body for request in came if not request.signed_by(WEBHOOK_SECRET)]
    assert not forged, f"{len(forged)} signatures do not hold: {forged[0]!r}"
    bodies = {request.body for request in came}
    missing = [event["type"] for event in events if bytes(event["payload"]) not in bodies]
    assert not missing, f"{len(missing)} of {len(events)} never came: {Counter(missing)}"
    bodies_of_id: dict[str, set[bytes]] = {}
    for request in came:
        bodies_of_id.setdefault(request.headers["webhook-id"], set()).add(request.body)
    assert len(bodies_of_id) == len(events)
    assert all(len(same) == 1 for same in bodies_of_id.values())


async def _invariants_hold(stack: Stack) -> None:
    async with await psycopg.AsyncConnection.connect(stack.database_url, row_factory=dict_row) as conn:
        assert await violations(conn) == {}
