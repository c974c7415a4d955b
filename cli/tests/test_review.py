"""``gateway review``: an operator records an unknown outcome, whatever workers do meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
import pytest
from psycopg import errors

from gateway_cli import review
from gateway_cli.database import connect
from gateway_cli.review import Outcome
from gateway_core.acquiring.procedure import LEASE_S, ChargeWork
from gateway_core.acquiring.sources import PAYMENTS
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import leases, payment_work
from gateway_core.db.queries.leases import Claimed, Lease, LeasedTable, Settlement
from gateway_core.domain.acquiring import Answer, Approved, Charge, StatusAnswer
from gateway_core.domain.errors import GatewayError
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Terminal

pytestmark = pytest.mark.integration

BY, REASON = "asha", "ticket 7: their console says so"
STAGED = ("payment.created", "payment.pending")


class Bank:
    """Approves what it is asked about, once it is let go."""

    def __init__(self) -> None:
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    async def submit(self, charges: Sequence[Charge]) -> Sequence[Answer]:
        raise AssertionError(charges)

    async def query_status(self, keys: Sequence[str]) -> Sequence[StatusAnswer]:
        self.asked.set()
        await self.answers.wait()
        return [Approved()] * len(keys)


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def work(pool: Pool, bank: Bank) -> ChargeWork:
    return ChargeWork(pool, bank, PAYMENTS, lambda: None)


Resolve: TypeAlias = Callable[..., Coroutine[Any, Any, str]]


@pytest.fixture
def resolve(database_url: str) -> Resolve:
    """Ends one on a connection of its own, and returns what is printed, or why it was refused."""

    async def ended(subject_id: str, outcome: str = "failed") -> str:
        async with connect(database_url) as conn:
            try:
                status = await review.resolve(conn, subject_id, Outcome(outcome), by=BY, reason=REASON)
            except GatewayError as refusal:
                return refusal.description
        return f"{subject_id} is {status}."

    return ended


async def in_review(rows: Rows, table: str = "payments", row_id: str = "", siblings: int = 0) -> str:
    """A payment, or the refund ``row_id``, that eight look-ups said nothing about; the bank does not know either."""
    if not row_id:
        (order_id,) = await rows.orders()
        (row_id, *_) = await rows.payments(*[order_id] * (siblings + 1))
        await rows.run(
            "UPDATE orders SET status = 'attempted', active_payment_id = %s WHERE id = %s", (row_id, order_id)
        )
    mark = "status = 'processing', requires_review = true, look_ups = 8, lease_generation = 9"
    later = "next_attempt_at = now() + interval '1 minute'"
    statement = f"UPDATE {table} SET {mark}, {later} WHERE id = %s"
    await rows.run(statement, (row_id,))  # made of the words above
    await rows.run(
        "INSERT INTO simulator_charges (key, kind, amount, outcome, final_at)"
        " SELECT id, 'payment', amount, 'unknown', now() FROM payments WHERE id = %(id)s"
        " UNION SELECT id, 'refund', amount, 'unknown', now() FROM refunds WHERE id = %(id)s",
        {"id": row_id},
    )
    return row_id


async def claimed_in_review(rows: Rows, work: ChargeWork) -> tuple[str, Sequence[Claimed]]:
    """A payment in review that a worker has just leased to ask about it again."""
    payment_id = await in_review(rows)
    await rows.run("UPDATE payments SET next_attempt_at = now() WHERE id = %s", (payment_id,))
    return payment_id, await work.claim(10)


async def events_of(rows: Rows, subject_id: str) -> list[str]:
    return await rows.values("SELECT type FROM events WHERE subject_id = %s ORDER BY id", (subject_id,))


async def test_the_command_lists_and_ends_what_is_in_review(rows: Rows, terminal: Terminal) -> None:
    assert await terminal.run("review", "list") == ["Nothing is in review."]
    payment_id = await in_review(rows)
    header, row = await terminal.run("review", "list")
    assert header.split("  ")[0] == "ID"
    assert row.startswith(f"{payment_id}  50000 INR  2024-01-15T10:30:00.123Z  8 ")
    end = ("review", "resolve", payment_id, "--outcome", "success", "--by", BY, "--reason", REASON)
    assert await terminal.run(*end) == [f"{payment_id} is success."]
    assert await terminal.refused(*end) == "it is not in review, its status is success"


async def test_programs_get_the_same_as_json(
    rows: Rows, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "MAX_LISTED", 1)
    payment_id = min(await in_review(rows), await in_review(rows))
    listed = await terminal.json("review", "list")
    assert listed == {
        "in_review": [
            {
                "id": payment_id,
                "merchant_id": str(await rows.one("SELECT merchant_id FROM payments LIMIT 1")),
                "amount": 50_000,
                "currency": "INR",
                "created_at": "2024-01-15T10:30:00.123Z",
                "status_queries": 8,
            }
        ],
        "has_more": True,
    }
    assert (await terminal.run("review", "list"))[-1] == "Only the 1 oldest are shown."
    end = ("review", "resolve", payment_id, "--outcome", "failed", "--by", BY, "--reason", REASON)
    assert await terminal.json(*end) == {"id": payment_id, "status": "failed"}


async def test_a_success_pays_the_order_and_is_announced_and_accounted_for(
    rows: Rows, resolve: Resolve
) -> None:
    payment_id = await in_review(rows, siblings=1)
    await resolve(payment_id, "success")
    (row,) = await rows.read(
        "SELECT p.*, o.status AS order_status, o.active_payment_id FROM payments p JOIN orders o ON o.id = p.order_id"
        " WHERE p.id = %s",
        (payment_id,),
    )
    assert (row["status"], row["requires_review"], row["error_code"]) == ("success", False, None)
    assert (row["order_status"], row["active_payment_id"]) == ("paid", payment_id)
    (event,) = await rows.read("SELECT * FROM events WHERE type = 'payment.success'")
    shown = orjson.loads(event["payload"])
    assert shown["timestamp"] == int(row["updated_at"].timestamp())
    assert (shown["data"]["payment"]["id"], shown["data"]["payment"]["status"]) == (payment_id, "success")
    (decision,) = await rows.read("SELECT * FROM review_resolutions")
    assert (decision["subject_id"], decision["merchant_id"]) == (payment_id, row["merchant_id"])
    assert (decision["outcome"], decision["resolved_by"], decision["reason"]) == ("success", BY, REASON)
    assert await rows.one("SELECT next_attempt_at <= now() FROM payments WHERE status = 'pending'")
    assert await rows.violations() == {}


async def test_a_failure_says_so_and_lets_the_next_payment_of_the_order_go(
    rows: Rows, resolve: Resolve, pool: Pool
) -> None:
    payment_id = await in_review(rows, siblings=1)
    await resolve(payment_id)
    (row,) = await rows.read("SELECT * FROM payments WHERE id = %s", (payment_id,))
    assert (row["status"], row["error_code"]) == ("failed", "PAYMENT_FAILED")
    assert row["error_description"] == "The bank did not complete it"
    assert await events_of(rows, payment_id) == [*STAGED, "payment.failed"]
    assert REASON not in str(await rows.values("SELECT convert_from(payload, 'UTF8') FROM events"))
    async with transaction(pool) as conn:
        (sibling,) = await payment_work.claim_due(conn, limit=10, lease_s=LEASE_S)
    assert sibling.lease.id != payment_id
    assert await rows.violations() == {}


@pytest.mark.parametrize(
    ("outcome", "status", "refunded"), [("success", "processed", 1_000), ("failed", "failed", 0)]
)
async def test_a_refund_is_ended_like_any_other(
    rows: Rows, resolve: Resolve, terminal: Terminal, outcome: str, status: str, refunded: int
) -> None:
    (payment_id,) = await rows.paid()
    (asked_back,) = await rows.refunds(payment_id)
    refund_id = await in_review(rows, "refunds", asked_back)
    assert (await terminal.run("review", "list"))[-1].startswith(
        f"{refund_id}  1000 INR  2024-01-15T10:30:00.123Z"
    )
    assert await resolve(refund_id, outcome) == f"{refund_id} is {status}."
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["requires_review"], row["processed_at"] is not None) == (
        status,
        False,
        status == "processed",
    )
    assert await rows.one("SELECT amount_refunded FROM payments") == refunded
    assert await events_of(rows, refund_id) == ["refund.created", f"refund.{status}"]
    assert (
        await rows.one("SELECT outcome FROM review_resolutions WHERE subject_id = %s", (refund_id,)) == status
    )
    assert await rows.violations() == {}


async def test_only_what_is_in_review_is_ended(rows: Rows, resolve: Resolve, conn: Connection) -> None:
    waiting = await rows.payment()
    (paid,) = await rows.paid()
    for subject_id, refusal in {
        waiting: "it is not in review, its status is pending",
        paid: "it is not in review, its status is success",
        "pay_AAAAAAAAAAAAAAAAAAAAAA": "Payment or refund not found",
        "order_AAAAAAAAAAAAAAAAAAAA": "Payment or refund not found",
    }.items():
        assert await resolve(subject_id) == refusal
    payment_id = await in_review(rows)
    for by, reason in ((" ", REASON), (BY, ""), (BY, "x" * 1001), ("\x00", REASON)):
        with pytest.raises(GatewayError):
            await review.resolve(conn, payment_id, Outcome.FAILED, by=by, reason=reason)
    assert await rows.statuses([waiting, paid, payment_id]) == ["pending", "success", "processing"]
    assert await rows.one("SELECT count(*) FROM review_resolutions") == 0
    assert await rows.violations() == {}


async def test_of_two_operators_at_once_one_decides(rows: Rows, resolve: Resolve) -> None:
    payment_id = await in_review(rows)
    said = await asyncio.gather(*(resolve(payment_id, each) for each in ("success", "failed") * 3))
    status = await rows.one("SELECT status FROM payments")
    assert sorted(said) == sorted(
        [f"{payment_id} is {status}.", *[f"it is not in review, its status is {status}"] * 5]
    )
    assert await events_of(rows, payment_id) == [*STAGED, f"payment.{status}"]


async def test_a_worker_that_is_asking_is_let_finish(
    rows: Rows, resolve: Resolve, bank: Bank, work: ChargeWork
) -> None:
    """It may be about to submit: a failure recorded now would be followed by a charge."""
    payment_id, claimed = await claimed_in_review(rows, work)
    asking = asyncio.create_task(work.process(claimed))
    await bank.asked.wait()
    assert (await resolve(payment_id)).startswith("a worker is asking the acquirer about it: try again")
    bank.answers.set()
    await asking
    assert await resolve(payment_id) == "it is not in review, its status is success"
    assert await events_of(rows, payment_id) == [*STAGED, "payment.success"]
    assert await rows.one("SELECT count(*) FROM review_resolutions") == 0


async def test_what_a_worker_learns_after_its_lease_changes_nothing_and_is_told(
    rows: Rows,
    resolve: Resolve,
    bank: Bank,
    work: ChargeWork,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Here bank and operator say the opposite: money would be lost in silence."""
    payment_id, claimed = await claimed_in_review(rows, work)
    asking = asyncio.create_task(work.process(claimed))
    await bank.asked.wait()
    await rows.run("UPDATE payments SET next_attempt_at = now() WHERE id = %s", (payment_id,))
    assert await resolve(payment_id) == f"{payment_id} is failed."
    ended = await rows.read("SELECT * FROM payments, orders")
    bank.answers.set()
    await asking
    assert await rows.read("SELECT * FROM payments, orders") == ended
    assert await events_of(rows, payment_id) == [*STAGED, "payment.failed"]
    (told,) = [each for each in caplog.records if each.message == "payment's answer came too late: success"]
    assert (told.levelname, vars(told)["payment_id"]) == ("WARNING", payment_id)
    assert await work.claim(10) == []
    assert await rows.violations() == {}


async def test_an_end_that_is_being_recorded_is_waited_for(rows: Rows, resolve: Resolve, pool: Pool) -> None:
    payment_id = await in_review(rows)
    lease = Lease(payment_id, 9)
    async with transaction(pool) as conn:
        assert (await leases.lock_held(conn, LeasedTable.PAYMENTS, [lease])).ids == {payment_id}
        resolving = asyncio.create_task(resolve(payment_id))
        while not await rows.one("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)
        await payment_work.settle(conn, [Settlement(lease, "success", None, None)])
    assert await resolving == "it is not in review, its status is success"
    assert await rows.one("SELECT count(*) FROM review_resolutions") == 0


async def test_worker_and_operator_at_once_end_it_once(
    rows: Rows, resolve: Resolve, bank: Bank, work: ChargeWork
) -> None:
    bank.answers.set()
    for _ in range(10):
        payment_id, claimed = await claimed_in_review(rows, work)
        await rows.run("UPDATE payments SET next_attempt_at = now() WHERE id = %s", (payment_id,))
        _, said = await asyncio.gather(work.process(claimed), resolve(payment_id))
        (status,) = await rows.statuses([payment_id])
        assert await events_of(rows, payment_id) == [*STAGED, f"payment.{status}"]
        assert (said == f"{payment_id} is failed.") == (status == "failed")
        decided = "SELECT outcome FROM review_resolutions WHERE subject_id = %s"
        assert await rows.values(decided, (payment_id,)) == [status] * (status == "failed")
    # This bank approves without a ledger, whose entries stay unknown.
    assert set(await rows.violations()) <= {"inv_bank_agrees_on_payments"}


async def test_a_decision_stays_as_it_was_made(rows: Rows, resolve: Resolve) -> None:
    payment_id = await in_review(rows)
    await resolve(payment_id)
    for statement in (
        "UPDATE review_resolutions SET reason = 'other'",
        "DELETE FROM review_resolutions",
        "TRUNCATE review_resolutions",
    ):
        with pytest.raises(errors.IntegrityConstraintViolation, match="append-only"):
            await rows.run(statement)
    with pytest.raises(errors.UniqueViolation):
        await rows.run("INSERT INTO review_resolutions SELECT * FROM review_resolutions")
