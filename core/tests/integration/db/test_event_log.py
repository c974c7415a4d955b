"""The event log's queries and the figures that are read from it and from the queues."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from psycopg import errors

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import backlog, events
from gateway_core.db.queries.backlog import Backlog
from gateway_core.db.queries.events import NewEvent, PublishedEvent
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

PROMPT_S = 2.0


async def mark(pool: Pool, limit: int) -> list[PublishedEvent]:
    async with transaction(pool) as conn:
        return await events.mark_published(conn, limit)


async def backlog_of(pool: Pool, queue: str) -> Backlog:
    async with transaction(pool) as conn:
        return await backlog.read_backlog(conn, queue)


def rounded(seen: Backlog) -> Backlog:
    return replace(seen, oldest_due_age_s=round(seen.oldest_due_age_s, 1))


async def test_appended_events_keep_their_order_and_their_bytes(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    body = '{"event":"payment.created","data":"₹ \u2028 \U0001f600"}'.encode()
    appended = [
        NewEvent(
            merchant_id, "payment.created", f"pay_{number}", body, "00-trace-span-01" if number else None
        )
        for number in range(50)
    ]
    async with transaction(pool) as conn:
        await events.append(conn, appended)
    found = await rows.read("SELECT * FROM events ORDER BY id")
    assert [row["subject_id"] for row in found] == [event.subject_id for event in appended]
    assert {bytes(row["payload"]) for row in found} == {body}
    assert [row["traceparent"] for row in found[:2]] == [None, "00-trace-span-01"]
    assert {(row["published_at"], row["fanned_out_at"]) for row in found} == {(None, None)}


async def test_one_repeated_transition_refuses_the_whole_batch(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    once = NewEvent(merchant_id, "payment.success", "pay_1", b"{}")
    with pytest.raises(errors.UniqueViolation):
        async with transaction(pool) as conn:
            await events.append(conn, [once, NewEvent(merchant_id, "payment.failed", "pay_2", b"{}"), once])
    assert await rows.values("SELECT id FROM events") == []


async def test_the_oldest_unpublished_events_are_marked_first(pool: Pool, rows: Rows) -> None:
    await rows.payments(*await rows.orders(15))
    ids = await rows.values("SELECT id FROM events ORDER BY id")
    first = await mark(pool, 10)
    assert sorted(event.id for event in first) == ids[:10]
    assert sorted(event.id for event in await mark(pool, 100)) == ids[10:]
    assert await mark(pool, 100) == []


async def test_a_marked_event_has_the_fields_of_its_message(pool: Pool, rows: Rows) -> None:
    payment_id = await rows.payment()
    marked = await mark(pool, 10)
    assert {(event.type, event.subject_id, event.traceparent) for event in marked} == {
        ("payment.created", payment_id, None),
        ("payment.pending", payment_id, None),
    }


async def test_unmarked_events_are_found_again(pool: Pool, rows: Rows) -> None:
    await rows.payments(*await rows.orders(3))
    marked = await mark(pool, 6)
    async with transaction(pool) as conn:
        await events.unmark_published(conn, [event.id for event in marked[:2]])
    assert {event.id for event in await mark(pool, 6)} == {event.id for event in marked[:2]}


async def test_markers_at_once_share_the_events_without_waiting(pool: Pool, rows: Rows) -> None:
    await rows.payments(*await rows.orders(10))
    async with transaction(pool) as conn, asyncio.timeout(PROMPT_S):
        mine = await events.mark_published(conn, 12)
        others = await asyncio.gather(*(mark(pool, 5) for _ in range(3)))
    taken = [event.id for event in mine] + [event.id for batch in others for event in batch]
    assert sorted(taken) == await rows.values("SELECT id FROM events ORDER BY id")


async def test_the_age_of_the_oldest_unpublished_event(pool: Pool, rows: Rows) -> None:
    async def age_s() -> float:
        async with transaction(pool) as conn:
            return await events.oldest_unpublished_age_s(conn)

    assert await age_s() == 0
    await rows.payment()
    await rows.run("ALTER TABLE events DISABLE TRIGGER USER")
    await rows.run("UPDATE events SET created_at = now() - interval '90 s' WHERE type = 'payment.created'")
    assert 90 <= await age_s() < 95
    await mark(pool, 1)
    assert 0 <= await age_s() < 5


@pytest.mark.parametrize(
    ("queue", "table"), [("payment-processing", "payments"), ("refund-processing", "refunds")]
)
async def test_the_backlog_tells_due_rows_from_scheduled_ones(
    pool: Pool, rows: Rows, queue: str, table: str
) -> None:
    assert await backlog_of(pool, queue) == Backlog(due=0, scheduled=0, oldest_due_age_s=0)
    if table == "payments":
        first, second, _ = await rows.payments(*await rows.orders(3))
    else:
        first, second, _ = await rows.refunds(*await rows.paid(3))
    for row_id, due in ((first, "now() - interval '40 s'"), (second, "now() + interval '40 s'")):
        await rows.run(f"UPDATE {table} SET next_attempt_at = {due} WHERE id = %s", (row_id,))
    assert rounded(await backlog_of(pool, queue)) == Backlog(due=2, scheduled=1, oldest_due_age_s=40.0)


async def test_the_backlog_of_deliveries_counts_events_before_fan_out(pool: Pool, rows: Rows) -> None:
    await rows.payments(*await rows.orders(2))
    assert (await backlog_of(pool, "webhook-delivery")).due == 4
    await rows.run("UPDATE events SET fanned_out_at = now()")
    for leased_until in ("NULL", "now() + interval '30 s'"):
        await rows.run(
            "INSERT INTO webhook_logs (merchant_id, event, event_id, payload, leased_until) SELECT merchant_id, type,"
            f" id, '{{}}', {leased_until} FROM events WHERE id NOT IN (SELECT event_id FROM webhook_logs) LIMIT 1"
        )
    seen = await backlog_of(pool, "webhook-delivery")
    assert (seen.due, seen.scheduled) == (1, 1)


async def test_there_are_three_queues(pool: Pool) -> None:
    with pytest.raises(KeyError):
        await backlog_of(pool, "no-such-queue")
