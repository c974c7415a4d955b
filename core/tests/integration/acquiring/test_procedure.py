"""Submit → query the status → settle: each charge is made once, for all answers and crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from gateway_core.acquiring.procedure import CALL_DEADLINE_S, LEASE_S
from gateway_core.db.pool import WORKER
from gateway_core.domain.acquiring import (
    REVIEW_FROM_QUERY,
    STATUS_QUERY_GAPS_S,
    Approved,
    Declined,
    NotFound,
    PendingUntil,
    Unknown,
)
from gateway_core.testing.factories import DEADLINE_S
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.integration.acquiring.conftest import Bank, Bench

pytestmark = pytest.mark.integration

ANNOUNCED_ALREADY = """
    INSERT INTO events (merchant_id, type, subject_id, payload) SELECT merchant_id, %s, id, '{{}}' FROM {table}
    WHERE id = %s
"""


def test_a_lease_outlives_everything_that_may_happen_in_it() -> None:
    query_submit_and_record_s = CALL_DEADLINE_S + CALL_DEADLINE_S + WORKER.pool_wait_s
    assert query_submit_and_record_s < LEASE_S


async def test_a_charge_is_submitted_waited_for_queried_and_settled(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    (row_id,) = await bench.make(1)
    final_at = datetime.now(UTC) + timedelta(seconds=7.5)
    bank.on_submit[row_id] = [PendingUntil(final_at)]
    assert await bench.step() == [row_id]
    row = await bench.row(row_id)
    assert (row["status"], row["next_attempt_at"], row["look_ups"]) == ("processing", final_at, 0)
    assert row["submitted_at"] == row["updated_at"]
    assert (await bench.events_of(row_id), bench.wakes) == (bench.created, 0)
    assert await bench.step() == []

    await bench.make_due()
    assert await bench.step() == [row_id]
    settled = await bench.row(row_id)
    assert (settled["next_attempt_at"], settled["error_code"]) == (None, None)
    assert settled["submitted_at"] == row["submitted_at"]
    assert await bench.outcomes([row_id]) == ["approved"]
    assert (await bench.events_of(row_id), bench.wakes) == (bench.succeeded, 1)
    assert (bank.submitted, bank.queried) == ([row_id], [row_id])
    assert await rows.violations() == {}


async def test_the_event_carries_the_trace(bench: Bench, rows: Rows) -> None:
    (row_id,) = await bench.make(1)
    await bench.run("UPDATE {table} SET traceparent = '00-trace-span-01' WHERE id = %s", row_id)
    await bench.step()
    last = "SELECT traceparent FROM events ORDER BY id DESC LIMIT 1"
    assert await rows.one(last) == "00-trace-span-01"


async def test_what_died_before_the_submit_is_submitted_once(bench: Bench, bank: Bank) -> None:
    (row_id,) = await bench.make(1)
    bank.on_query[row_id] = [NotFound()]
    await bench.work.claim(10)  # and the process dies
    await bench.make_due()
    await bench.step()
    assert (bank.queried, bank.submitted) == ([row_id], [row_id])
    assert await bench.events_of(row_id) == bench.succeeded


async def test_what_died_after_the_submit_is_queried(bench: Bench, bank: Bank) -> None:
    (row_id,) = await bench.make(1)
    submitted = asyncio.Event()

    async def die() -> None:
        submitted.set()
        await asyncio.Event().wait()

    bank.trouble = die
    dying = asyncio.create_task(bench.work.process(await bench.work.claim(10)))
    await submitted.wait()
    dying.cancel()
    await asyncio.wait([dying])
    assert (await bench.row(row_id))["status"] == "processing"

    bank.trouble = None
    await bench.make_due()
    await bench.step()
    assert (bank.submitted, bank.queried) == ([row_id], [row_id])
    assert await bench.events_of(row_id) == bench.succeeded


async def test_what_the_version_before_has_claimed_is_queried(bench: Bench, bank: Bank) -> None:
    """It submits without writing down when."""
    (row_id,) = await bench.make(1)
    await bench.work.claim(10)
    await bench.run("UPDATE {table} SET submitted_at = NULL WHERE id = %s", row_id)
    await bench.make_due()
    await bench.step()
    assert (bank.queried, bank.submitted) == ([row_id], [])


async def test_an_outcome_that_cannot_be_recorded_is_queried_later(bench: Bench, bank: Bank) -> None:
    (row_id,) = await bench.make(1)
    await bench.run(
        f"ALTER TABLE {{table}} ADD CONSTRAINT full_disk CHECK (status <> '{bench.source.ends.approved}')"
        " NOT VALID"
    )
    with pytest.raises(errors.CheckViolation):
        await bench.step()
    assert (await bench.events_of(row_id), bench.wakes) == (bench.created, 0)
    await bench.run("ALTER TABLE {table} DROP CONSTRAINT full_disk")
    await bench.make_due()
    await bench.step()
    assert (bank.submitted, bank.queried) == ([row_id], [row_id])
    assert await bench.events_of(row_id) == bench.succeeded


async def test_one_row_that_cannot_be_recorded_holds_up_no_other(bench: Bench, bank: Bank) -> None:
    """They were claimed together, so they come due together: the good ones would never get out."""
    good, bad, waiting, declined = await bench.make(4)
    bank.on_submit |= {declined: [Declined("No")], waiting: [Unknown("?")]}
    await bench.run(ANNOUNCED_ALREADY, bench.succeeded[-1], bad)
    with pytest.raises(errors.UniqueViolation):
        await bench.step()
    outcomes = await bench.outcomes([good, bad, waiting, declined])
    assert outcomes == ["approved", "processing", "processing", "declined"]
    assert await bench.events_of(good) == bench.succeeded
    assert await bench.events_of(declined) == bench.failed
    assert round(await bench.due_in_s(waiting)) == STATUS_QUERY_GAPS_S[0]
    assert await bench.due_in_s(bad) > LEASE_S / 2


async def test_an_unknown_outcome_is_queried_ever_more_rarely_and_never_submitted_again(
    bench: Bench, bank: Bank
) -> None:
    (row_id,) = await bench.make(1)
    bank.on_submit[row_id] = [Unknown("timeout")]
    bank.on_query[row_id] = [Unknown("no answer")]
    await bench.step()
    reviews, waits_s = [], [await bench.due_in_s(row_id)]
    for _ in range(10):
        await bench.make_due()
        assert await bench.step() == [row_id]
        waits_s.append(await bench.due_in_s(row_id))
        reviews.append((await bench.row(row_id))["requires_review"])
    gaps_s = [*STATUS_QUERY_GAPS_S, *[STATUS_QUERY_GAPS_S[-1]] * 4]
    assert all(gap_s - 0.9 < wait_s <= gap_s for gap_s, wait_s in zip(gaps_s, waits_s, strict=True))
    assert reviews == [query >= REVIEW_FROM_QUERY for query in range(1, 11)]
    assert (bank.submitted, len(bank.queried)) == ([row_id], 10)
    row = await bench.row(row_id)
    assert (row["status"], row["look_ups"]) == ("processing", 10)

    bank.on_query[row_id] = [Approved()]
    await bench.make_due()
    await bench.step()
    assert await bench.outcomes([row_id]) == ["approved"]
    assert (await bench.row(row_id))["requires_review"] is False


async def fail() -> None:
    raise ConnectionError("no route to the bank")


async def hang() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("trouble", [fail, hang])
async def test_an_acquirer_in_trouble_leaves_the_outcome_unknown(
    bench: Bench, bank: Bank, trouble: Callable[[], Awaitable[None]]
) -> None:
    row_ids = await bench.make(3)
    bank.trouble = trouble
    async with asyncio.timeout(DEADLINE_S):
        await bench.step()
    assert [round(await bench.due_in_s(each)) for each in row_ids] == [STATUS_QUERY_GAPS_S[0]] * 3
    await bench.make_due()
    await bench.step()
    assert {(await bench.row(each))["look_ups"] for each in row_ids} == {1}
    bank.trouble = None
    await bench.make_due()
    await bench.step()
    assert await bench.outcomes(row_ids) == ["approved"] * 3
    assert sorted(bank.submitted) == sorted(row_ids)


@pytest.mark.parametrize("surplus", [-2, -1, 1])
async def test_answers_that_do_not_fit_the_questions_answer_none(
    bench: Bench, bank: Bank, surplus: int
) -> None:
    """Whose answer is missing cannot be told, so none is believed."""
    row_ids = await bench.make(2)
    bank.surplus_answers = surplus
    await bench.step()
    assert await bench.outcomes(row_ids) == ["processing", "processing"]
    bank.surplus_answers = 0
    await bench.make_due()
    await bench.step()
    assert await bench.outcomes(row_ids) == ["approved", "approved"]
    assert sorted(bank.submitted) == sorted(row_ids)


async def test_every_row_of_a_batch_gets_its_own_answer(bench: Bench, bank: Bank) -> None:
    approved, declined, unknown, pending, lost = await bench.make(5)
    await bench.run("UPDATE {table} SET submitted_at = now() WHERE id = ANY(%s)", [declined, lost])
    bank.on_query |= {declined: [Declined("No")], lost: [NotFound()]}
    later = datetime.now(UTC) + timedelta(seconds=30)
    bank.on_submit |= {unknown: [Unknown("?")], pending: [PendingUntil(later)]}
    await bench.step()
    outcomes = await bench.outcomes([approved, declined, unknown, pending, lost])
    assert outcomes == ["approved", "declined", "processing", "processing", "approved"]
    assert (await bench.row(pending))["next_attempt_at"] == later
    assert sorted(bank.submitted) == sorted([approved, unknown, pending, lost])
    assert sorted(bank.queried) == sorted([declined, lost])
    assert bench.wakes == 1


async def test_a_holder_whose_lease_was_taken_over_records_nothing(bench: Bench, bank: Bank) -> None:
    taken, kept = await bench.make(2)
    claimed = await bench.work.claim(10)
    await bench.run("UPDATE {table} SET next_attempt_at = now() WHERE id = %s", taken)
    other = bench.worker(bank)
    (again,) = await other.claim(10)
    bank.on_submit |= {taken: [Declined("No")], kept: [Declined("No")]}
    await bench.work.process(claimed)
    assert await bench.outcomes([taken, kept]) == ["processing", "declined"]
    assert await bench.events_of(taken) == bench.created
    await other.process([again])
    assert await bench.outcomes([taken]) == ["approved"]
    assert await bench.events_of(taken) == bench.succeeded


async def test_a_paused_holder_that_comes_back_after_the_end_changes_nothing(
    bench: Bench, bank: Bank
) -> None:
    (row_id,) = await bench.make(1)
    stale = await bench.work.claim(10)
    await bench.make_due()
    bank.on_query[row_id] = [NotFound()]
    await bench.step(bench.worker(bank))
    before = await bench.row(row_id)
    bank.on_submit[row_id] = [Declined("No")]
    await bench.work.process(stale)
    assert await bench.row(row_id) == before
    assert await bench.events_of(row_id) == bench.succeeded


async def test_a_holder_whose_lease_may_be_over_submits_nothing(bench: Bench, bank: Bank) -> None:
    """By then the row may have an end that nobody expects to be followed by a charge."""
    (row_id,) = await bench.make(1)
    slow = bench.worker(bank, call_deadline_s=1.0, lease_s=1.1)
    await slow.claim(10)
    await bench.make_due()
    bank.on_query[row_id] = [NotFound()]
    bank.trouble = lambda: asyncio.sleep(0.2)
    await slow.process(await slow.claim(10))
    assert (bank.queried, bank.submitted) == ([row_id], [])
    assert (await bench.row(row_id))["look_ups"] == 0
    bank.trouble = None
    await bench.make_due()
    await bench.step()
    assert (bank.submitted, await bench.outcomes([row_id])) == ([row_id], ["approved"])


async def test_a_banks_reason_need_not_be_storable(bench: Bench, bank: Bank, rows: Rows) -> None:
    (row_id,) = await bench.make(1)
    bank.on_submit[row_id] = [Declined("No\x00 \ud800" + "x" * 1000)]
    await bench.step()
    row = await bench.row(row_id)
    assert (row["status"], row["error_description"]) == ("failed", "No\ufffd \ufffd" + "x" * 250)
    assert await rows.violations() == {}


async def test_the_next_due_time_is_known(bench: Bench, bank: Bank) -> None:
    assert await bench.work.next_due_in_s() is None
    (row_id,) = await bench.make(1)
    assert await bench.work.next_due_in_s() == 0
    bank.on_submit[row_id] = [PendingUntil(datetime.now(UTC) + timedelta(seconds=6))]
    await bench.step()
    due_in_s = await bench.work.next_due_in_s()
    assert due_in_s is not None
    assert 4 < due_in_s <= 6


async def test_without_due_rows_the_acquirer_is_not_called(bench: Bench, bank: Bank) -> None:
    assert await bench.step() == []
    await bench.work.process([])
    assert (bank.submitted, bank.queried, bench.wakes) == ([], [], 0)


async def test_no_transaction_is_open_while_the_acquirer_is_asked(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    await bench.make(1)
    seen: list[int] = []

    async def look() -> None:
        seen.append(
            await rows.one(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            )
        )

    bank.trouble = look
    await bench.step()
    assert seen == [0]
