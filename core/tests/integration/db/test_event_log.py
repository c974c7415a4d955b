"""The event log's queries and the figures that are read from it and from the queues."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import RFC_4122, UUID

import pytest
from psycopg import errors

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import backlog, events
from gateway_core.db.queries.backlog import Backlog
from gateway_core.db.queries.events import NewEvent, PublishedEvent
from gateway_core.runtime.ids import new_id
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

URL = "https://shop.example/hook"
PROMPT_S = 30.0


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


async def fan_out(pool: Pool, limit: int) -> int:
    async with transaction(pool) as conn:
        return await events.fan_out(conn, limit)


async def announce(pool: Pool, merchant_id: UUID, count: int) -> None:
    """``count`` more events of the merchant."""
    new = [NewEvent(merchant_id, "webhook.test", new_id("test_"), b"{}") for _ in range(count)]
    async with transaction(pool) as conn:
        await events.append(conn, new)


async def test_a_merchant_with_many_events_does_not_delay_the_others(pool: Pool, rows: Rows) -> None:
    busy, *others = [await rows.merchant(URL) for _ in range(5)]
    await announce(pool, busy, 2000)
    for other in others:
        await announce(pool, other, 3)
    assert await fan_out(pool, 100) == 100 // 5 + 4 * 3
    delivered = await rows.read("SELECT merchant_id, count(*) FROM webhook_logs GROUP BY merchant_id")
    assert {row["merchant_id"]: row["count"] for row in delivered} == {busy: 20} | dict.fromkeys(others, 3)
    assert await fan_out(pool, 100) == 100  # the busy one has them all now


async def test_more_merchants_than_the_limit_get_one_event_each(pool: Pool, rows: Rows) -> None:
    for _ in range(5):
        await announce(pool, await rows.merchant(URL), 2)
    assert [await fan_out(pool, 3) for _ in range(3)] == [5, 5, 0]


async def test_each_merchants_oldest_events_come_first(pool: Pool, rows: Rows) -> None:
    for merchant_id in [await rows.merchant(URL) for _ in range(2)]:
        await announce(pool, merchant_id, 10)
    ids = await rows.values("SELECT id FROM events ORDER BY id")
    assert await fan_out(pool, 8) == 8
    assert await rows.values("SELECT event_id FROM webhook_logs ORDER BY 1") == [*ids[:4], *ids[10:14]]


async def test_fan_outs_at_once_share_the_events_without_waiting(pool: Pool, rows: Rows) -> None:
    await announce(pool, await rows.merchant(URL), 20)
    async with transaction(pool) as conn, asyncio.timeout(PROMPT_S):
        assert await events.fan_out(conn, 12) == 12
        assert await fan_out(pool, 100) == 8
    assert await rows.one("SELECT count(*) FROM webhook_logs") == 20


async def test_fan_out_reads_no_more_of_a_backlog_than_it_handles(pool: Pool, rows: Rows) -> None:
    """Whatever the statistics: here the planner has those of an empty table."""
    busy, other = [await rows.merchant(URL) for _ in range(2)]
    await rows.run("ANALYZE events")
    await rows.run("ALTER TABLE events SET (autovacuum_enabled = false)")
    await announce(pool, busy, 20_000)
    await announce(pool, other, 1)
    async with transaction(pool) as conn:
        assert await events.fan_out(conn, 100) == 51
        cursor = await conn.execute(
            "SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_xact_user_tables WHERE relname = 'events'"
        )
        row = await cursor.fetchone()
    assert row is not None
    assert row["rows"] < 1000


async def test_an_event_has_the_same_delivery_id_after_a_restore(pool: Pool, rows: Rows) -> None:
    """A restored backup may lack events and deliveries that were sent: what is recorded again is recognised."""
    merchant_id, other = [await rows.merchant(URL) for _ in range(2)]
    ids = []
    for _ in range(2):
        lost = [
            NewEvent(merchant, kind, "pay_1" + merchant.hex, b"{}")
            for merchant in (merchant_id, other)
            for kind in ("payment.created", "payment.success")
        ]
        async with transaction(pool) as conn:
            await events.append(conn, lost)
            await events.fan_out(conn, 100)
        ids.append(await rows.values("SELECT id FROM webhook_logs ORDER BY event, merchant_id"))
        await rows.run("DELETE FROM webhook_logs")
        await rows.run("ALTER TABLE events DISABLE TRIGGER USER")
        await rows.run("DELETE FROM events")
        await rows.run("ALTER TABLE events ENABLE TRIGGER USER")
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 4
    assert {(each.version, each.variant) for each in ids[0]} == {(8, RFC_4122)}


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
