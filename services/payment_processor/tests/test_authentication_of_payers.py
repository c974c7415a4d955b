"""A payment whose payer was asked for a code and has not passed never reaches the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway_core.domain.acquiring import Approved, Declined
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Bank, Bench

pytestmark = pytest.mark.integration

CREATED = ["payment.created", "payment.pending"]
FAR = "now() + interval '10 minutes'"


async def challenged(rows: Rows) -> str:
    """A payment that waits for its payer's code."""
    payment_id = await rows.card_payment("3220")
    await rows.run(
        f"UPDATE payments SET authentication = 'required', next_attempt_at = {FAR} WHERE id = %s",
        (payment_id,),
    )
    return payment_id


async def beside(rows: Rows, payment_id: str) -> str:
    """Another payment of the same order, due now."""
    order_id = await rows.one("SELECT order_id FROM payments WHERE id = %s", (payment_id,))
    (sibling,) = await rows.payments(order_id)
    return sibling


async def test_while_the_code_is_awaited_nothing_happens(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await challenged(rows)
    assert await bench.step() == []
    assert (await bench.row(payment_id))["status"] == "pending"
    assert await rows.one("SELECT active_payment_id FROM orders") is None


async def test_a_window_that_is_over_fails_it_without_the_bank(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await challenged(rows)
    await bench.make_due()
    assert await bench.step() == [payment_id]
    row = await bench.row(payment_id)
    assert (row["status"], row["error_code"]) == ("failed", "PAYMENT_FAILED")
    assert row["error_description"] == "Authentication timed out"
    assert await bench.events_of(payment_id) == [*CREATED, "payment.failed"]
    assert (bank.submitted, bank.looked_up, bench.announced) == ([], [], 1)
    assert await rows.one("SELECT active_payment_id FROM orders") is None
    assert await rows.violations() == {}


async def test_a_crash_amid_the_refusal_changes_nothing_about_it(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await challenged(rows)
    await bench.make_due()
    assert len(await bench.work.claim(10)) == 1
    await bench.make_due()
    assert await bench.step() == [payment_id]
    assert (await bench.row(payment_id))["error_description"] == "Authentication timed out"
    assert (bank.submitted, bank.looked_up) == ([], [])


async def test_one_that_has_passed_is_charged_like_any_other(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await challenged(rows)
    await rows.run("UPDATE payments SET authentication = 'passed', next_attempt_at = now()")
    await bench.step()
    assert bank.submitted == [payment_id]
    assert (await bench.row(payment_id))["status"] == "success"
    assert await rows.violations() == {}


async def test_a_sibling_that_fails_does_not_cut_the_window_short(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await challenged(rows)
    sibling = await beside(rows, payment_id)
    bank.on_submit[sibling] = [Declined("No funds")]
    assert await bench.step() == [sibling]
    assert (await bench.row(sibling))["status"] == "failed"
    assert await bench.step() == []
    row = await bench.row(payment_id)
    assert (row["status"], await bench.due_in_s(payment_id) > 500) == ("pending", True)


async def test_a_sibling_that_pays_the_order_fails_it_at_once(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await challenged(rows)
    sibling = await beside(rows, payment_id)
    bank.on_submit[sibling] = [Approved()]
    await bench.step()
    assert await bench.step() == [payment_id]
    assert (await bench.row(payment_id))["error_description"] == "Order already paid"
    assert bank.submitted == [sibling]
    assert await rows.violations() == {}
