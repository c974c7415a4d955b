"""Payments that never reach the bank: their order is paid, or their payer has not passed authentication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway_core.domain.acquiring import Approved, Declined
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.integration.acquiring.conftest import Bank, Bench

pytestmark = pytest.mark.integration

FAR = "now() + interval '10 minutes'"


async def test_a_payment_of_a_paid_order_fails_without_the_acquirer(
    payments: Bench, bank: Bank, rows: Rows
) -> None:
    (order_id,) = await rows.orders()
    payment_ids = await rows.payments(*[order_id] * 3)
    (paid,) = await payments.step()
    others = [each for each in payment_ids if each != paid]
    assert sorted(await payments.step()) == sorted(others)
    assert await rows.statuses([paid, *others]) == ["success", "failed", "failed"]
    for other in others:
        row = await payments.row(other)
        assert (row["error_code"], row["error_description"]) == ("PAYMENT_FAILED", "Order already paid")
        assert await payments.events_of(other) == payments.failed
    assert (bank.submitted, bank.queried) == ([paid], [])
    assert payments.wakes == 2
    assert await rows.violations() == {}


async def test_after_a_decline_the_next_payment_of_the_order_is_charged(
    payments: Bench, bank: Bank, rows: Rows
) -> None:
    (order_id,) = await rows.orders()
    payment_ids = await rows.payments(*[order_id] * 3)
    for payment_id in payment_ids:
        bank.on_submit[payment_id] = [Declined("No")]
    charged = [await payments.step() for _ in range(4)]
    assert [len(each) for each in charged] == [1, 1, 1, 0]
    assert sorted(bank.submitted) == sorted(payment_ids)
    assert await rows.statuses(payment_ids) == ["failed"] * 3
    assert await rows.one("SELECT active_payment_id FROM orders") is None


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


async def test_while_the_code_is_awaited_nothing_happens(payments: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await challenged(rows)
    assert await payments.step() == []
    assert (await payments.row(payment_id))["status"] == "pending"
    assert await rows.one("SELECT active_payment_id FROM orders") is None


async def test_a_window_that_is_over_fails_it_without_the_bank(
    payments: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await challenged(rows)
    await payments.make_due()
    assert await payments.step() == [payment_id]
    row = await payments.row(payment_id)
    assert (row["status"], row["error_code"]) == ("failed", "PAYMENT_FAILED")
    assert row["error_description"] == "Authentication timed out"
    assert await payments.events_of(payment_id) == payments.failed
    assert (bank.submitted, bank.queried, payments.wakes) == ([], [], 1)
    assert await rows.one("SELECT active_payment_id FROM orders") is None
    assert await rows.violations() == {}


async def test_a_crash_amid_the_refusal_changes_nothing_about_it(
    payments: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await challenged(rows)
    await payments.make_due()
    assert len(await payments.work.claim(10)) == 1
    await payments.make_due()
    assert await payments.step() == [payment_id]
    assert (await payments.row(payment_id))["error_description"] == "Authentication timed out"
    assert (bank.submitted, bank.queried) == ([], [])


async def test_one_that_has_passed_is_charged_like_any_other(payments: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await challenged(rows)
    await rows.run("UPDATE payments SET authentication = 'passed', next_attempt_at = now()")
    await payments.step()
    assert bank.submitted == [payment_id]
    assert (await payments.row(payment_id))["status"] == "success"
    assert await rows.violations() == {}


async def test_a_sibling_that_fails_does_not_cut_the_window_short(
    payments: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await challenged(rows)
    sibling = await beside(rows, payment_id)
    bank.on_submit[sibling] = [Declined("No funds")]
    assert await payments.step() == [sibling]
    assert (await payments.row(sibling))["status"] == "failed"
    assert await payments.step() == []
    row = await payments.row(payment_id)
    assert (row["status"], await payments.due_in_s(payment_id) > 500) == ("pending", True)


async def test_a_sibling_that_pays_the_order_fails_it_at_once(
    payments: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await challenged(rows)
    sibling = await beside(rows, payment_id)
    bank.on_submit[sibling] = [Approved()]
    await payments.step()
    assert await payments.step() == [payment_id]
    assert (await payments.row(payment_id))["error_description"] == "Order already paid"
    assert bank.submitted == [sibling]
    assert await rows.violations() == {}
