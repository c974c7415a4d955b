"""Fan-out, claims, records and restarts of deliveries on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import attempts, deliveries, delivery_work, events
from gateway_core.db.queries.attempts import AttemptRecord
from gateway_core.db.queries.delivery_work import NO_URL, Capacity, ClaimedDelivery, MerchantCapacity
from gateway_core.db.queries.events import NewEvent
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

URL = "https://merchant.example/hook"
BODY = '{"event":"webhook.test","timestamp":1,"data":{"b":"₹","a":1}}'.encode()
STARTED_AT = datetime(2030, 1, 1, tzinfo=UTC)
EVERYTHING = Capacity(1000, 1000, 1000)


def holding(merchant_id: UUID, in_flight: int, free: int, *, unresponsive: bool = False) -> MerchantCapacity:
    return MerchantCapacity(merchant_id, in_flight, free, unresponsive)


BACKLOG = 4000


class Table:
    """``webhook_logs`` and what leads to it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.rows = Rows(pool)

    async def announce(self, merchant_id: UUID, count: int = 1) -> None:
        async with transaction(self.pool) as conn:
            await events.append(
                conn, [NewEvent(merchant_id, "webhook.test", f"test_{n}", BODY) for n in range(count)]
            )

    async def fan_out(self, limit: int = BACKLOG) -> int:
        async with transaction(self.pool) as conn:
            return await events.fan_out(conn, limit)

    async def due(self, count: int = 1) -> UUID:
        """``count`` due deliveries of a new merchant, whose id is returned."""
        merchant_id = await self.rows.merchant(URL)
        await self.announce(merchant_id, count)
        await self.fan_out()
        return merchant_id

    async def claim(
        self,
        limit: int = 1000,
        *,
        lease_s: float = 30,
        capacity: Capacity = EVERYTHING,
    ) -> list[ClaimedDelivery]:
        async with transaction(self.pool) as conn:
            return await delivery_work.claim_due(conn, limit=limit, lease_s=lease_s, capacity=capacity)

    async def record(self, *records: AttemptRecord) -> int:
        async with transaction(self.pool) as conn:
            return await attempts.record_attempts(conn, records)

    async def next_due_in_s(self, capacity: Capacity = EVERYTHING) -> float | None:
        async with transaction(self.pool) as conn:
            return await delivery_work.next_due_in_s(conn, capacity)

    async def row(self, delivery_id: UUID) -> dict[str, Any]:
        (row,) = await self.rows.read("SELECT * FROM webhook_logs WHERE id = %s", (delivery_id,))
        return row

    async def attempts(self) -> list[dict[str, Any]]:
        return await self.rows.read("SELECT * FROM webhook_attempts ORDER BY lease_generation")


@pytest.fixture
def table(pool: Pool) -> Table:
    return Table(pool)


def failed(delivery: ClaimedDelivery, retry_in_s: int | None = 60) -> AttemptRecord:
    """A 500; the last attempt when ``retry_in_s`` is None."""
    return AttemptRecord(
        delivery_id=delivery.id,
        lease_generation=delivery.lease_generation,
        attempt=delivery.attempts + 1,
        url=URL,
        started_at=STARTED_AT,
        duration_ms=12,
        request_headers={"X-Webhook-Event": "webhook.test"},
        response_code=500,
        response_headers={"server": "कॉफ़ी"},
        response_body="oops",
        error=None,
        status="failed" if retry_in_s is None else "pending",
        retry_in_s=retry_in_s,
    )


def delivered(delivery: ClaimedDelivery) -> AttemptRecord:
    return AttemptRecord(
        delivery_id=delivery.id,
        lease_generation=delivery.lease_generation,
        attempt=delivery.attempts + 1,
        url=URL,
        started_at=STARTED_AT,
        duration_ms=3,
        request_headers={},
        response_code=204,
        response_headers={},
        response_body="",
        error=None,
        status="success",
        retry_in_s=None,
    )


async def test_events_become_deliveries_once(table: Table) -> None:
    merchant_id = await table.rows.merchant(URL)
    await table.announce(merchant_id, 5)
    assert [await table.fan_out(3), await table.fan_out(3), await table.fan_out(3)] == [3, 2, 0]
    assert await table.rows.one("SELECT count(*) FROM webhook_logs WHERE status = 'pending'") == 5
    assert await table.rows.violations() == {}


async def test_concurrent_fan_outs_share_the_events(table: Table) -> None:
    merchant_id = await table.rows.merchant(URL)
    await table.announce(merchant_id, 200)
    handled = await asyncio.gather(*(table.fan_out(60) for _ in range(6)))
    while sum(handled) < 200:
        handled.append(await table.fan_out())
    assert sum(handled) == 200
    assert await table.rows.one("SELECT count(DISTINCT event_id) FROM webhook_logs") == 200


async def test_without_a_url_nothing_is_sent(table: Table) -> None:
    await table.announce(await table.rows.merchant(None))
    inactive = await table.rows.merchant(URL)
    await table.rows.run("UPDATE merchants SET is_active = false WHERE id = %s", (inactive,))
    await table.announce(inactive)
    assert await table.fan_out() == 2
    assert await table.fan_out() == 0
    assert await table.rows.one("SELECT count(*) FROM webhook_logs") == 0


async def test_a_claim_carries_the_events_own_bytes(table: Table) -> None:
    merchant_id = await table.due()
    (claimed,) = await table.claim()
    assert claimed.payload == BODY
    assert (claimed.merchant_id, claimed.event, claimed.webhook_url) == (merchant_id, "webhook.test", URL)
    assert (claimed.attempts, claimed.lease_generation) == (0, 1)
    assert 0 <= claimed.due_lag_s < 5
    assert claimed.event_created_at == await table.rows.one("SELECT created_at FROM events")


async def test_the_lag_counts_from_the_time_it_was_due(table: Table) -> None:
    await table.due()
    await table.rows.run("UPDATE webhook_logs SET next_retry_at = now() - interval '90 s'")
    (claimed,) = await table.claim(lease_s=1)
    assert 90 <= claimed.due_lag_s < 95
    await table.rows.run("UPDATE webhook_logs SET leased_until = now() - interval '10 s'")
    (claimed,) = await table.claim()
    assert 10 <= claimed.due_lag_s < 15


async def test_a_leased_delivery_is_not_claimed_until_the_lease_ends(table: Table) -> None:
    await table.due()
    (first,) = await table.claim(lease_s=30)
    assert await table.claim() == []
    await table.rows.run("UPDATE webhook_logs SET leased_until = now() - interval '1 ms'")
    (second,) = await table.claim()
    assert second.id == first.id
    assert second.lease_generation == first.lease_generation + 1


async def test_concurrent_claims_never_share_a_delivery(table: Table) -> None:
    await table.due(100)
    await table.due(100)
    claims = await asyncio.gather(*(table.claim(30) for _ in range(8)))
    ids = [delivery.id for claim in claims for delivery in claim]
    assert len(ids) == len(set(ids))
    ids += [delivery.id for delivery in await table.claim()]
    assert len(set(ids)) == 200


async def test_the_longest_due_are_claimed_first(table: Table) -> None:
    await table.due(3)
    late = await table.rows.one("SELECT id FROM webhook_logs LIMIT 1")
    await table.rows.run(
        "UPDATE webhook_logs SET next_retry_at = now() - interval '1 h' WHERE id = %s", (late,)
    )
    assert [delivery.id for delivery in await table.claim(1)] == [late]


async def merchants_of(table: Table, limit: int, capacity: Capacity) -> Counter[UUID]:
    return Counter(delivery.merchant_id for delivery in await table.claim(limit, capacity=capacity))


async def test_no_merchant_gets_more_than_its_share(table: Table) -> None:
    crowd = await table.due(50)
    assert len(await table.claim(20, capacity=Capacity(20, 4, 20))) == 4
    assert len(await table.claim(20, capacity=Capacity(20, 4, 20, [holding(crowd, 1, 3)]))) == 3
    assert await table.claim(20, capacity=Capacity(20, 4, 20, [holding(crowd, 4, 0)])) == []
    assert len(await table.claim(20, capacity=Capacity(2, 4, 20))) == 2


async def test_a_merchant_with_a_backlog_does_not_hide_the_others(table: Table) -> None:
    crowds, other = [await table.due(50) for _ in range(3)], await table.due(2)
    free_for_one = [holding(crowd, 7, 1) for crowd in crowds]
    claimed = await merchants_of(table, 5, Capacity(5, 8, 5, free_for_one))
    assert claimed == {**dict.fromkeys(crowds, 1), other: 2}


async def test_merchants_take_turns_whatever_their_due_times(table: Table) -> None:
    crowd, busy, other = await table.due(50), await table.due(50), await table.due(50)
    claimed = await merchants_of(table, 6, Capacity(6, 50, 6, [holding(busy, 2, 50)]))
    assert claimed == {crowd: 3, busy: 1, other: 2}


async def test_a_backlog_is_not_read_whole_even_when_statistics_know_nothing_of_it(table: Table) -> None:
    await table.rows.run("ANALYZE webhook_logs, events")  # as of an idle hour: nothing is due
    first = await table.due(BACKLOG)
    second = await table.due(BACKLOG)
    capacity = Capacity(
        40,
        20,
        10,
        [
            holding(first, 0, 20),
            holding(second, 0, 20),
        ],
    )
    async with transaction(table.pool) as conn:
        claimed = await delivery_work.claim_due(conn, limit=40, lease_s=30, capacity=capacity)
        assert Counter(each.merchant_id for each in claimed) == {first: 20, second: 20}
        assert await rows_read(conn) < 400
    async with transaction(table.pool) as conn:
        assert await delivery_work.next_due_in_s(conn, capacity) == 0
        assert await rows_read(conn) < 400


async def rows_read(conn: Connection) -> int:
    """How many rows of ``webhook_logs`` this transaction has fetched."""
    cursor = await conn.execute(
        "SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_xact_user_tables WHERE relname = 'webhook_logs'"
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row["rows"])


async def test_unresponsive_merchants_share_one_capacity(table: Table) -> None:
    unresponsive = [await table.due(5) for _ in range(4)]
    other = await table.due(20)
    known = [holding(merchant_id, 0, 8, unresponsive=True) for merchant_id in unresponsive]
    assert await merchants_of(table, 100, Capacity(100, 8, 2, known)) == {
        unresponsive[0]: 1,
        unresponsive[1]: 1,
        other: 8,
    }
    assert await merchants_of(table, 100, Capacity(100, 8, 0, known)) == {other: 8}


async def test_an_attempt_moves_the_delivery_on(table: Table) -> None:
    await table.due()
    (claimed,) = await table.claim()
    assert await table.record(failed(claimed, retry_in_s=300)) == 1
    row = await table.row(claimed.id)
    assert (row["status"], row["attempts"], row["response_code"]) == ("pending", 1, 500)
    assert (row["response_body"], row["last_attempt_at"], row["leased_until"]) == ("oops", STARTED_AT, None)
    seconds = await table.rows.one(
        "SELECT extract(epoch FROM next_retry_at - now())::float8 FROM webhook_logs"
    )
    assert 295 < seconds <= 300
    (attempt,) = await table.attempts()
    assert (attempt["attempt"], attempt["url"], attempt["duration_ms"]) == (1, URL, 12)


async def test_a_batch_mixes_outcomes(table: Table) -> None:
    await table.due(3)
    first, second, third = await table.claim()
    assert await table.record(delivered(first), failed(second, retry_in_s=None), failed(third)) == 3
    statuses = [(await table.row(each.id))["status"] for each in (first, second, third)]
    assert statuses == ["success", "failed", "pending"]
    assert await table.claim() == []
    assert await table.rows.violations() == {}


async def test_an_attempt_is_never_recorded_twice(table: Table) -> None:
    await table.due()
    (claimed,) = await table.claim()
    assert [await table.record(failed(claimed)), await table.record(failed(claimed))] == [1, 0]
    assert (await table.row(claimed.id))["attempts"] == 1
    assert len(await table.attempts()) == 1


async def test_the_newer_lease_wins(table: Table) -> None:
    await table.due()
    (old,) = await table.claim()
    await table.rows.run("UPDATE webhook_logs SET leased_until = now() - interval '1 ms'")
    (new,) = await table.claim()
    assert await table.record(failed(old), delivered(new)) == 1
    assert (await table.row(new.id))["status"] == "success"
    assert [attempt["response_code"] for attempt in await table.attempts()] == [500, 204]
    assert await table.rows.violations() == {}


@pytest.mark.parametrize("old_first", [True, False])
async def test_every_request_that_left_is_on_record(table: Table, old_first: bool) -> None:
    """Also that of a lease which was taken over meanwhile; the log shows what the newest lease's attempt came to."""
    await table.due()
    (old,) = await table.claim()
    await table.rows.run("UPDATE webhook_logs SET leased_until = now() - interval '1 ms'")
    (new,) = await table.claim()
    for made in (old, new) if old_first else (new, old):
        assert await table.record(delivered(made) if made is old else failed(made)) == (made is new)
        assert await table.rows.violations() == {}
    row = await table.row(new.id)
    assert (row["status"], row["attempts"], row["response_code"]) == ("pending", 1, 500)
    assert [attempt["response_code"] for attempt in await table.attempts()] == [204, 500]


async def test_a_released_delivery_is_due_again_uncounted(table: Table) -> None:
    await table.due()
    (claimed,) = await table.claim()
    async with transaction(table.pool) as conn:
        await delivery_work.release(conn, [claimed])
    assert await table.record(delivered(claimed)) == 0
    (again,) = await table.claim()
    assert (again.id, again.attempts) == (claimed.id, 0)


async def test_a_cancelled_delivery_is_failed_uncounted(table: Table) -> None:
    merchant_id = await table.due(2)
    await table.rows.run("UPDATE merchants SET webhook_url = NULL WHERE id = %s", (merchant_id,))
    first, second = await table.claim()
    assert first.webhook_url is None
    async with transaction(table.pool) as conn:
        await delivery_work.cancel(conn, [first])
    row = await table.row(first.id)
    assert (row["status"], row["last_error"], row["attempts"]) == ("failed", NO_URL, 0)
    assert (row["next_retry_at"], row["leased_until"]) == (None, None)
    assert (await table.row(second.id))["status"] == "pending"


async def test_an_inactive_merchant_has_no_url(table: Table) -> None:
    merchant_id = await table.due()
    await table.rows.run("UPDATE merchants SET is_active = false WHERE id = %s", (merchant_id,))
    (claimed,) = await table.claim()
    assert claimed.webhook_url is None


async def test_a_manual_retry_starts_from_zero(table: Table) -> None:
    merchant_id = await table.due()
    (claimed,) = await table.claim()
    await table.record(failed(claimed, retry_in_s=None))
    async with transaction(table.pool) as conn:
        assert await deliveries.restart(conn, merchant_id, claimed.id)
    (again,) = await table.claim()
    assert (again.id, again.attempts, again.payload) == (claimed.id, 0, BODY)
    await table.record(delivered(again))
    assert (await table.row(claimed.id))["attempts"] == 1
    assert len(await table.attempts()) == 2


async def test_a_manual_retry_fences_off_the_attempt_in_flight(table: Table) -> None:
    merchant_id = await table.due()
    (claimed,) = await table.claim()
    async with transaction(table.pool) as conn:
        assert await deliveries.restart(conn, merchant_id, claimed.id)
    (again,) = await table.claim()
    assert await table.record(failed(claimed, retry_in_s=None)) == 0
    assert (await table.row(claimed.id))["status"] == "pending"
    assert await table.record(delivered(again)) == 1
    assert [attempt["response_code"] for attempt in await table.attempts()] == [500, 204]
    assert ((await table.row(claimed.id))["attempts"], await table.rows.violations()) == (1, {})


async def test_another_merchants_delivery_cannot_be_retried(table: Table) -> None:
    await table.due()
    other = await table.rows.merchant(URL)
    (claimed,) = await table.claim()
    async with transaction(table.pool) as conn:
        assert not await deliveries.restart(conn, other, claimed.id)


async def test_the_next_due_time_is_known(table: Table) -> None:
    assert await table.next_due_in_s() is None
    merchant_id = await table.rows.merchant(URL)
    await table.announce(merchant_id)
    assert await table.next_due_in_s() == 0
    await table.fan_out()
    assert await table.next_due_in_s() == 0
    assert await table.next_due_in_s(Capacity(9, 9, 9, [holding(merchant_id, 9, 0)])) is None
    assert (
        await table.next_due_in_s(Capacity(9, 9, 0, [holding(merchant_id, 0, 9, unresponsive=True)])) is None
    )
    assert await table.next_due_in_s(Capacity(9, 9, 1, [holding(merchant_id, 0, 9, unresponsive=True)])) == 0
    (claimed,) = await table.claim()
    assert await table.next_due_in_s() is None
    await table.record(failed(claimed, retry_in_s=60))
    assert 55 < (await table.next_due_in_s() or 0) <= 60
