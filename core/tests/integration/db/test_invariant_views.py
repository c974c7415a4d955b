"""Every ``inv_*`` view is empty on correct data and reports its own violation."""

from __future__ import annotations

from typing import Final, LiteralString

import pytest
import pytest_asyncio

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries.invariants import violations
from gateway_core.testing.rows import AMOUNT_MINOR, Rows

pytestmark = pytest.mark.integration

# Each breaks sound data in the way that its view reports; guards that would refuse it are dropped first.
PLANTED: Final[dict[str, list[LiteralString]]] = {
    "inv_refunds_within_payment": [
        "UPDATE payments SET amount_refunded = amount_refunded + 1 WHERE amount_refunded > 0",
        "UPDATE payments SET amount_refunded = amount_refunded - 1 WHERE amount_refunded > 0",
        """
        ALTER TABLE payments DROP CONSTRAINT ck_payments_amount_refunded;
        UPDATE refunds SET amount = 60000 WHERE status = 'processed';
        UPDATE payments p SET amount_refunded = (
            SELECT sum(amount) FROM refunds r WHERE r.payment_id = p.id AND status <> 'failed'
        ) WHERE amount_refunded > 0
        """,
        """
        ALTER TABLE payments DROP CONSTRAINT ck_payments_only_success;
        UPDATE payments SET status = 'failed' WHERE amount_refunded > 0
        """,
    ],
    "inv_refund_counter_without_refunds": [
        "UPDATE payments SET amount_refunded = 7 WHERE status = 'success' AND amount_refunded = 0",
    ],
    "inv_one_success_per_order": [
        """
        DROP INDEX uq_payments_one_success;
        UPDATE payments SET status = 'success', next_attempt_at = NULL WHERE id = 'pay_sibling'
        """,
    ],
    "inv_paid_order_has_success": [
        "UPDATE orders SET status = 'attempted' WHERE status = 'paid'",
        "UPDATE orders SET status = 'paid' WHERE status = 'created'",
        "UPDATE orders SET active_payment_id = NULL WHERE status = 'paid'",
    ],
    "inv_payment_matches_order": [
        "UPDATE payments SET amount = amount + 1 WHERE status = 'processing'",
        "UPDATE payments SET currency = 'USD' WHERE status = 'processing'",
        "UPDATE payments SET merchant_id = (SELECT id FROM merchants WHERE name = 'Other') WHERE status = 'processing'",
    ],
    "inv_processing_holds_slot": [
        "UPDATE orders SET active_payment_id = NULL WHERE status = 'attempted'",
        """
        UPDATE payments SET status = 'processing' WHERE status = 'pending' AND order_id IN (
            SELECT id FROM orders WHERE status = 'created'
        )
        """,
    ],
    "inv_charged_without_authentication": [
        "UPDATE payments SET authentication = 'required' WHERE status = 'success'",
        "UPDATE payments SET authentication = 'failed' WHERE status = 'processing'",
    ],
    "inv_slot_is_in_use": [
        "UPDATE orders SET active_payment_id = 'pay_gone' WHERE status = 'created'",
        "UPDATE payments SET status = 'pending' WHERE status = 'processing'",
        "UPDATE payments SET status = 'failed', next_attempt_at = NULL WHERE status = 'processing'",
    ],
    "inv_payment_has_its_events": [
        "DELETE FROM webhook_logs; DELETE FROM events WHERE type = 'payment.success'",
        "DELETE FROM events WHERE type = 'payment.failed'",
        "DELETE FROM events WHERE id = (SELECT min(id) FROM events WHERE type = 'payment.created')",
        "DELETE FROM events WHERE id = (SELECT max(id) FROM events WHERE type = 'payment.pending')",
    ],
    "inv_refund_has_its_events": [
        "DELETE FROM events WHERE type = 'refund.processed'",
        "DELETE FROM events WHERE type = 'refund.failed'",
        "DELETE FROM events WHERE id = (SELECT max(id) FROM events WHERE type = 'refund.created')",
    ],
    "inv_event_without_outcome": [
        "UPDATE events SET type = 'payment.success' WHERE type = 'payment.failed'",
        "UPDATE events SET type = 'payment.failed' WHERE type = 'payment.success'",
        "UPDATE events SET type = 'refund.processed' WHERE type = 'refund.failed'",
        "UPDATE events SET type = 'refund.failed' WHERE type = 'refund.processed'",
        "UPDATE events SET subject_id = subject_id || 'x' WHERE type = 'payment.success'",
    ],
    "inv_delivery_belongs_to_event": [
        "UPDATE webhook_logs SET merchant_id = gen_random_uuid()",
        "UPDATE webhook_logs SET event = 'payment.failed'",
        "UPDATE events SET fanned_out_at = NULL",
    ],
    "inv_delivery_shows_last_attempt": [
        """
        INSERT INTO webhook_attempts
            (delivery_id, lease_generation, attempt, url, duration_ms, started_at, response_code, error)
        SELECT id, 5, 5, '', 1, last_attempt_at, 200, last_error FROM webhook_logs
        """,
        """
        INSERT INTO webhook_attempts
            (delivery_id, lease_generation, attempt, url, duration_ms, started_at, response_code, error)
        SELECT id, 5, 5, '', 1, last_attempt_at, response_code, 'timeout' FROM webhook_logs
        """,
        """
        INSERT INTO webhook_attempts
            (delivery_id, lease_generation, attempt, url, duration_ms, started_at, response_code, error)
        SELECT id, 5, 5, '', 1, now(), response_code, last_error FROM webhook_logs
        """,
    ],
    "inv_attempts_within_schedule": [
        "UPDATE webhook_logs SET attempts = 0",
        "UPDATE webhook_logs SET response_code = 500",
        "UPDATE webhook_logs SET response_code = NULL",
        "UPDATE webhook_logs SET status = 'failed', attempts = 0",
    ],
    "inv_resolution_is_the_outcome": [
        """
        INSERT INTO review_resolutions (subject_id, merchant_id, outcome, resolved_by, reason)
        SELECT id, merchant_id, 'failed', 'asha', 'ticket 7' FROM payments WHERE status IN ('success', 'processing')
        """,
        """
        INSERT INTO review_resolutions (subject_id, merchant_id, outcome, resolved_by, reason)
        SELECT id, merchant_id, 'processed', 'asha', 'ticket 7' FROM refunds WHERE status = 'failed'
        """,
        """
        INSERT INTO review_resolutions (subject_id, merchant_id, outcome, resolved_by, reason)
        SELECT 'pay_gone', id, 'success', 'asha', 'ticket 7' FROM merchants
        WHERE name = 'M'
        """,
    ],
    "inv_bank_agrees_on_payments": [
        """
        INSERT INTO review_resolutions (subject_id, merchant_id, outcome, resolved_by, reason)
        SELECT id, merchant_id, status, 'asha', 'a mistake' FROM payments WHERE status = 'failed';
        UPDATE simulator_charges SET outcome = 'approved' WHERE kind = 'payment' AND outcome = 'declined'
        """,
        "UPDATE simulator_charges SET amount = amount + 1 WHERE kind = 'payment'",
        "UPDATE simulator_charges SET outcome = 'declined' WHERE kind = 'payment' AND outcome = 'approved'",
        "UPDATE simulator_charges SET outcome = 'approved' WHERE kind = 'payment' AND outcome = 'declined'",
        "UPDATE simulator_charges SET outcome = 'unknown' WHERE kind = 'payment' AND outcome = 'declined'",
    ],
    "inv_bank_agrees_on_refunds": [
        "UPDATE simulator_charges SET amount = amount + 1 WHERE kind = 'refund'",
        "UPDATE simulator_charges SET outcome = 'declined' WHERE kind = 'refund' AND outcome = 'approved'",
        "UPDATE simulator_charges SET outcome = 'approved' WHERE kind = 'refund' AND outcome = 'declined'",
    ],
}


@pytest_asyncio.fixture
async def sound(rows: Rows) -> Rows:
    """Two successes, one refunded in three ways; a failure, a payment at the bank, one that waits behind a success."""
    await rows.merchant()
    await rows.run(
        "INSERT INTO merchants (id, name, email, api_key) VALUES (gen_random_uuid(), 'Other', 'o', 'key_o')"
    )
    refunded, _ = await rows.paid(2)
    processed, failed, _ = await rows.refunds(refunded, refunded, refunded)
    (order_id,) = await rows.values("SELECT order_id FROM payments WHERE id = %s", (refunded,))
    (sibling,) = await rows.payments(order_id)
    declined, at_bank, _ = await rows.payments(*await rows.orders(3))
    await rows.run("ALTER TABLE events DISABLE TRIGGER USER")
    await rows.run("UPDATE events SET subject_id = 'pay_sibling' WHERE subject_id = %s", (sibling,))
    await rows.run("UPDATE payments SET id = 'pay_sibling' WHERE id = %s", (sibling,))
    for statement, row_id in (
        (
            "UPDATE refunds SET status = 'processed', processed_at = now(), next_attempt_at = NULL WHERE id = %s",
            processed,
        ),
        ("UPDATE refunds SET status = 'failed', next_attempt_at = NULL WHERE id = %s", failed),
        ("UPDATE payments SET amount_refunded = 2000 WHERE id = %s", refunded),
        ("UPDATE payments SET status = 'failed', next_attempt_at = NULL WHERE id = %s", declined),
        ("UPDATE payments SET status = 'processing' WHERE id = %s", at_bank),
        (
            """
            UPDATE orders SET status = 'attempted', active_payment_id = %s
            WHERE id = (SELECT order_id FROM payments WHERE status = 'processing')
            """,
            at_bank,
        ),
    ):
        await rows.run(statement, (row_id,))
    for event, subject_id in (
        ("payment.failed", declined),
        ("refund.processed", processed),
        ("refund.failed", failed),
    ):
        await rows.run(
            "INSERT INTO events (merchant_id, type, subject_id, payload) SELECT id, %s, %s, '{}' FROM merchants"
            " WHERE name = 'M'",
            (event, subject_id),
        )
    for kind, outcome, amount, key in (
        ("payment", "approved", AMOUNT_MINOR, refunded),
        ("payment", "declined", AMOUNT_MINOR, declined),
        ("payment", "approved", AMOUNT_MINOR, at_bank),
        ("refund", "approved", 1_000, processed),
        ("refund", "declined", 1_000, failed),
    ):
        await rows.run(
            "INSERT INTO simulator_charges (kind, outcome, amount, key, final_at) VALUES (%s, %s, %s, %s, now())",
            (kind, outcome, amount, key),
        )
    await rows.run("UPDATE events SET fanned_out_at = now() WHERE type = 'payment.success'")
    await rows.run(
        "INSERT INTO webhook_logs (merchant_id, event, event_id, payload, status, attempts, response_code,"
        " last_attempt_at) SELECT merchant_id, type, id, '{}', 'success', 5, 204, '2024-01-15' FROM events"
        " WHERE type = 'payment.success'"
    )
    return rows


async def test_sound_data_violates_nothing(sound: Rows) -> None:
    assert await sound.violations() == {}


async def test_every_violation_is_reported(sound: Rows, pool: Pool) -> None:
    for view, planted in PLANTED.items():
        for break_it in planted:
            async with transaction(pool) as conn:
                await conn.execute("DROP TRIGGER events_append_only_delete ON events")
                assert (await conn.execute(break_it)).rowcount != 0, break_it
                assert view in await violations(conn), break_it
                await conn.rollback()
    assert await sound.violations() == {}


async def test_every_view_is_tried_here(rows: Rows) -> None:
    views = await rows.values("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv%'")
    assert set(views) == set(PLANTED)
