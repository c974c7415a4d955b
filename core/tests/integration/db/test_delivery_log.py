"""The delivery log as merchants search and restart it, and which events become deliveries, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import attempts, deliveries, delivery_list, delivery_work, events, merchants
from gateway_core.db.queries.attempts import AttemptRecord
from gateway_core.db.queries.deliveries import DeliveryDetail, Restarted
from gateway_core.db.queries.delivery_list import DeliveryFilter
from gateway_core.db.queries.delivery_work import Capacity
from gateway_core.db.queries.events import NewEvent
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

URL = "https://merchant.example/hook"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
BODY = '{"event":"webhook.test","data":"₹ \u2028"}'.encode()


class Log:
    """One merchant's delivery log."""

    def __init__(self, pool: Pool, merchant_id: UUID) -> None:
        self.pool = pool
        self.rows = Rows(pool)
        self.merchant_id = merchant_id

    async def announce(self, *subjects: tuple[str, str]) -> None:
        """Events (type, subject id) that the dispatcher has not seen yet."""
        async with transaction(self.pool) as conn:
            new = [NewEvent(self.merchant_id, kind, subject, BODY) for kind, subject in subjects]
            await events.append(conn, new)

    async def fan_out(self) -> int:
        async with transaction(self.pool) as conn:
            return await events.fan_out(conn, 10_000)

    async def deliver(self, *subjects: tuple[str, str]) -> None:
        await self.announce(*subjects)
        await self.fan_out()

    async def choose(self, *names: str) -> None:
        async with transaction(self.pool) as conn:
            await merchants.set_webhook_events(conn, self.merchant_id, names or None)

    async def events(self) -> list[str]:
        return await self.rows.values("SELECT event FROM webhook_logs ORDER BY event_id")

    async def found(self, wanted: DeliveryFilter) -> list[str]:
        """The subjects that a filter finds, newest first; the total must agree."""
        async with transaction(self.pool) as conn:
            page, total = await delivery_list.page(conn, self.merchant_id, wanted, limit=100, offset=0)
        assert total == len(page)
        return [view.subject_id for view in page]

    async def attempt(self, error: str | None, status: str, code: int | None = None) -> UUID:
        """Claim the only due delivery and record an attempt at it."""
        async with transaction(self.pool) as conn:
            (claimed,) = await delivery_work.claim_due(conn, limit=1, lease_s=30, capacity=Capacity(1, 1, 1))
            record = AttemptRecord(
                delivery_id=claimed.id,
                lease_generation=claimed.lease_generation,
                attempt=claimed.attempts + 1,
                url=f"{URL}/{claimed.lease_generation}",
                started_at=datetime.now(UTC),
                duration_ms=5,
                request_headers={"X-Any": 'ü"\\'},
                response_code=code,
                response_headers=None if code is None else {"server": "कॉफ़ी"},
                response_body=None if code is None else "body",
                error=error,
                status=status,
                retry_in_s=0 if status == "pending" else None,
            )
            assert await attempts.record_attempts(conn, [record]) == 1
        return claimed.id

    async def detail(self, delivery_id: UUID, merchant_id: UUID | None = None) -> DeliveryDetail | None:
        async with transaction(self.pool) as conn:
            return await deliveries.get(conn, merchant_id or self.merchant_id, delivery_id)

    async def restart(self, delivery_id: UUID) -> bool:
        async with transaction(self.pool) as conn:
            return await deliveries.restart(conn, self.merchant_id, delivery_id)

    async def restart_failed(
        self, limit: int, after: tuple[datetime, UUID] | None = None, event: str | None = None
    ) -> Restarted:
        async with transaction(self.pool) as conn:
            return await deliveries.restart_failed(
                conn, self.merchant_id, created_from=LONG_AGO, after=after, event=event, limit=limit
            )

    async def fail_all(self) -> None:
        await self.rows.run(
            "UPDATE webhook_logs SET status = 'failed', attempts = 5, next_retry_at = NULL, response_code = 500"
        )


@pytest_asyncio.fixture
async def log(pool: Pool, rows: Rows) -> Log:
    return Log(pool, await rows.merchant(URL))


def payments(*ids: str) -> Sequence[tuple[str, str]]:
    return [("payment.success", payment_id) for payment_id in ids]


async def test_without_a_choice_every_event_is_delivered(log: Log) -> None:
    await log.deliver(("payment.created", "pay_1"), ("refund.failed", "rfnd_1"), ("webhook.test", "test_1"))
    assert await log.events() == ["payment.created", "refund.failed", "webhook.test"]


async def test_only_chosen_events_become_deliveries_and_tests_always_do(log: Log) -> None:
    await log.choose("payment.success")
    await log.announce(*payments("pay_1"), ("payment.created", "pay_1"), ("webhook.test", "test_1"))
    assert await log.fan_out() == 3
    assert await log.events() == ["payment.success", "webhook.test"]
    assert await log.fan_out() == 0


async def test_the_choice_at_the_fan_out_counts_also_for_events_committed_before_it(log: Log) -> None:
    await log.deliver(*payments("pay_1"))
    await log.announce(*payments("pay_2"))
    await log.choose("payment.failed")
    await log.fan_out()
    assert await log.events() == ["payment.success"]
    await log.choose()
    await log.deliver(*payments("pay_3"))
    assert await log.rows.values("SELECT subject_id FROM webhook_logs ORDER BY event_id") == [
        "pay_1",
        "pay_3",
    ]


async def test_a_choice_is_the_merchants_own(log: Log) -> None:
    other = Log(log.pool, await log.rows.merchant(URL))
    await other.choose("payment.failed")
    await other.announce(*payments("pay_1"))
    await log.deliver(*payments("pay_2"))
    assert await log.found(DeliveryFilter()) == ["pay_2"]
    assert await other.found(DeliveryFilter()) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (DeliveryFilter(), ["test_1", "rfnd_1", "pay_ab", "pay_aa"]),
        (DeliveryFilter(events=["payment.success", "webhook.test"]), ["test_1", "pay_ab", "pay_aa"]),
        (DeliveryFilter(statuses=["failed", "success"]), ["rfnd_1"]),
        (DeliveryFilter(statuses=["pending"], events=["refund.created"]), []),
        (DeliveryFilter(subject_prefix="pay_a"), ["pay_ab", "pay_aa"]),
        (DeliveryFilter(subject_prefix="pay_ab"), ["pay_ab"]),
        (DeliveryFilter(subject_prefix="test_1"), ["test_1"]),
        *(
            (DeliveryFilter(subject_prefix=text), [])
            for text in ("%", "pay%", "pay\\", "pay_%", "PAY_", "\\", "ä")
        ),
        (DeliveryFilter(created_from=LONG_AGO, created_to=LONG_AGO + timedelta(days=1)), []),
        (DeliveryFilter(created_from=LONG_AGO, subject_prefix="rfnd"), ["rfnd_1"]),
    ],
)
async def test_filters_find_what_they_describe(log: Log, wanted: DeliveryFilter, found: list[str]) -> None:
    for subject in (*payments("pay_aa", "pay_ab"), ("refund.created", "rfnd_1"), ("webhook.test", "test_1")):
        await log.deliver(subject)
    await log.rows.run("UPDATE webhook_logs SET status = 'failed' WHERE event = 'refund.created'")
    assert await log.found(wanted) == found


async def test_an_underscore_is_no_wildcard(log: Log) -> None:
    await log.deliver(*payments("pay_1", "payX1"))
    assert await log.found(DeliveryFilter(subject_prefix="pay_")) == ["pay_1"]


async def test_a_search_uses_its_index(log: Log) -> None:
    await log.deliver(*payments(*(f"pay_{number:05}" for number in range(5000))))
    await log.rows.run("ANALYZE webhook_logs")
    plan = await log.rows.values(
        "EXPLAIN SELECT id FROM webhook_logs WHERE merchant_id = %s AND subject_id LIKE %s",
        (log.merchant_id, r"pay\_0042%"),
    )
    assert "idx_webhook_logs_subject_id" in "\n".join(plan)


async def test_the_detail_has_the_exact_body_and_where_it_goes(log: Log) -> None:
    await log.deliver(("webhook.test", "test_1"))
    (delivery_id,) = await log.rows.values("SELECT id FROM webhook_logs")
    before = await log.detail(delivery_id)
    assert before is not None
    assert (before.payload, before.url, before.view.subject_id) == (BODY, URL, "test_1")
    await log.attempt("timeout", "pending")
    await log.rows.run("UPDATE merchants SET webhook_url = NULL")
    after = await log.detail(delivery_id)
    assert after is not None
    assert (after.url, after.view.last_error) == (f"{URL}/1", "timeout")
    assert await log.detail(delivery_id, uuid4()) is None
    assert await log.detail(uuid4()) is None


async def test_attempts_keep_their_headers_and_come_newest_first(log: Log) -> None:
    await log.deliver(("webhook.test", "test_1"))
    await log.attempt("timeout", "pending")
    delivery_id = await log.attempt(None, "failed", 500)
    assert await log.restart(delivery_id)
    await log.attempt(None, "success", 200)
    async with transaction(log.pool) as conn:
        shown = await deliveries.attempts_of(conn, delivery_id, 2)
        everything = await deliveries.attempts_of(conn, delivery_id, 50)
    assert shown == everything[:2]
    assert [(each.attempt, each.response_code, each.error) for each in everything] == [
        (1, 200, None),
        (2, 500, None),
        (1, None, "timeout"),
    ]
    assert everything[0].request_headers == {"X-Any": 'ü"\\'}
    assert everything[0].response_headers == {"server": "कॉफ़ी"}
    assert everything[2].response_headers is None
    assert await log.rows.violations() == {}


async def test_a_restarted_delivery_shows_its_last_attempt_until_the_next(log: Log) -> None:
    await log.deliver(("webhook.test", "test_1"))
    delivery_id = await log.attempt(None, "failed", 500)
    await log.restart(delivery_id)
    detail = await log.detail(delivery_id)
    assert detail is not None
    assert (detail.view.status, detail.view.attempts, detail.view.response_code) == ("pending", 0, 500)
    await log.attempt("dns", "failed")
    detail = await log.detail(delivery_id)
    assert detail is not None
    assert (detail.view.attempts, detail.view.response_code, detail.view.last_error) == (1, None, "dns")


@pytest.mark.parametrize("attempted", [False, True])
async def test_a_restart_forgets_that_there_was_no_url(log: Log, attempted: bool) -> None:
    await log.deliver(("webhook.test", "test_1"))
    if attempted:
        await log.attempt("timeout", "pending")
    await log.rows.run("UPDATE webhook_logs SET status = 'failed', last_error = 'no_url'")
    (delivery_id,) = await log.rows.values("SELECT id FROM webhook_logs")
    await log.restart(delivery_id)
    detail = await log.detail(delivery_id)
    assert detail is not None
    assert detail.view.last_error == ("timeout" if attempted else None)


async def test_failed_deliveries_restart_in_batches_oldest_first(log: Log) -> None:
    for number in range(5):
        await log.deliver(*payments(f"pay_{number}"))
    await log.fail_all()
    first = await log.restart_failed(2)
    assert first.count == 2
    pending = "SELECT subject_id FROM webhook_logs WHERE status = 'pending' ORDER BY event_id"
    assert await log.rows.values(pending) == ["pay_0", "pay_1"]
    # The first two fail again before the next batch: they are not taken twice.
    await log.fail_all()
    second = await log.restart_failed(2, first.last)
    assert await log.rows.values(pending) == ["pay_2", "pay_3"]
    third = await log.restart_failed(2, second.last)
    assert (second.count, third.count) == (2, 1)
    assert await log.restart_failed(2, third.last) == Restarted(0, None)


async def test_only_failed_ones_of_the_event_and_of_the_merchant_restart(log: Log) -> None:
    other = Log(log.pool, await log.rows.merchant(URL))
    await other.deliver(*payments("pay_9"))
    await log.deliver(*payments("pay_1", "pay_2"), ("refund.created", "rfnd_1"))
    await log.fail_all()
    await log.rows.run("UPDATE webhook_logs SET status = 'success' WHERE subject_id = 'pay_2'")
    assert (await log.restart_failed(10, event="payment.success")).count == 1
    assert await log.found(DeliveryFilter(statuses=["pending"])) == ["pay_1"]
    assert await other.found(DeliveryFilter(statuses=["failed"])) == ["pay_9"]


async def test_callers_at_once_share_the_failed_deliveries(log: Log) -> None:
    await log.deliver(*payments(*(f"pay_{number}" for number in range(300))))
    await log.fail_all()
    capacity = await asyncio.gather(*(log.restart_failed(100) for _ in range(5)))
    taken = sum(share.count for share in capacity)
    generations = await log.rows.values(
        "SELECT DISTINCT lease_generation FROM webhook_logs WHERE status = 'pending'"
    )
    assert await log.rows.one("SELECT count(*) FROM webhook_logs WHERE status = 'pending'") == taken
    assert generations == [1]
