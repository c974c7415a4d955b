"""What is particular to payments: the instrument, the events' bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gateway_core.domain.acquiring import Charge, ChargeKind, Declined
from gateway_core.testing.rows import AMOUNT_MINOR, NOTES, RECEIPT, Rows

if TYPE_CHECKING:
    from tests.integration.acquiring.conftest import Bank, Bench

pytestmark = pytest.mark.integration

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def test_the_acquirer_is_told_amount_and_instrument(payments: Bench, bank: Bank, rows: Rows) -> None:
    by_upi = await rows.payment(vpa="a.buyer@okbank")
    by_card = await rows.card_payment("4242", "rupay")
    await payments.step()
    charge_of = {charge.key: charge for charge in bank.charges}
    assert charge_of[by_upi] == Charge(
        key=by_upi,
        kind=ChargeKind.PAYMENT,
        amount_minor=AMOUNT_MINOR,
        currency="INR",
        method="upi",
        vpa="a.buyer@okbank",
    )
    assert charge_of[by_card] == Charge(
        key=by_card,
        kind=ChargeKind.PAYMENT,
        amount_minor=AMOUNT_MINOR,
        currency="INR",
        method="card",
        card_network="rupay",
        card_last4="4242",
    )


async def test_the_event_of_a_success_has_exactly_these_bytes(payments: Bench, rows: Rows) -> None:
    payment_id = await rows.payment(vpa="a.buyer@okbank")
    await payments.step()
    row = await payments.row(payment_id)
    body = {
        "event": "payment.success",
        "timestamp": int(row["updated_at"].timestamp()),
        "timestamp_ms": (row["updated_at"] - EPOCH) // timedelta(milliseconds=1),
        "data": {
            "payment": {
                "id": payment_id,
                "entity": "payment",
                "order_id": row["order_id"],
                "amount": AMOUNT_MINOR,
                "currency": "INR",
                "method": "upi",
                "vpa": "a.buyer@okbank",
                "status": "success",
                "captured": False,
                "error_code": None,
                "error_description": None,
                "receipt": RECEIPT,
                "notes": NOTES,
                "created_at": "2024-01-15T10:30:00.123Z",
            },
            "sequence": 3,
        },
    }
    (event,) = await rows.read("SELECT * FROM events WHERE type = 'payment.success'")
    assert bytes(event["payload"]).decode() == json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    assert (event["subject_id"], event["merchant_id"]) == (payment_id, row["merchant_id"])


async def test_a_failure_says_why_in_the_row_and_in_the_event(
    payments: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await rows.card_payment("0002", "mastercard")
    bank.on_submit[payment_id] = [Declined("Insufficient funds ₹")]
    await payments.step()
    row = await payments.row(payment_id)
    assert (row["status"], row["error_code"], row["error_description"]) == (
        "failed",
        "PAYMENT_FAILED",
        "Insufficient funds ₹",
    )
    assert await payments.events_of(payment_id) == payments.failed
    (payload,) = await rows.values("SELECT payload FROM events WHERE type = 'payment.failed'")
    payment = json.loads(payload)["data"]["payment"]
    assert (payment["status"], payment["error_code"]) == ("failed", "PAYMENT_FAILED")
    assert payment["error_description"] == "Insufficient funds ₹"
    assert (payment["card_network"], payment["card_last4"], "vpa" in payment) == ("mastercard", "0002", False)
