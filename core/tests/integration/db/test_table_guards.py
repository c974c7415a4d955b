"""Changes that the database itself refuses: a changed event, a second success, an impossible row."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

EVENT_COLUMNS = {
    "merchant_id": "gen_random_uuid()",
    "type": "'payment.failed'",
    "subject_id": "'pay_other'",
    "payload": "'{}'",
    "traceparent": "'00-1'",
    "created_at": "now()",
}


async def test_an_event_never_changes(rows: Rows) -> None:
    await rows.payment()
    before = await rows.read("SELECT * FROM events ORDER BY id")
    for column, value in EVENT_COLUMNS.items():
        with pytest.raises(errors.IntegrityConstraintViolation, match="events is append-only"):
            await rows.run(f"UPDATE events SET {column} = {value}")
        with pytest.raises(errors.IntegrityConstraintViolation, match="append-only"):
            await rows.run(f"UPDATE events SET published_at = now(), {column} = {value}")
    assert await rows.read("SELECT * FROM events ORDER BY id") == before


async def test_an_upsert_does_not_get_around_it(rows: Rows) -> None:
    await rows.payment()
    with pytest.raises(errors.IntegrityConstraintViolation, match="append-only"):
        await rows.run(
            """
            INSERT INTO events (merchant_id, type, subject_id, payload)
            SELECT merchant_id, type, subject_id, payload FROM events
            ON CONFLICT (subject_id, type) WHERE type <> 'webhook.test' DO UPDATE SET payload = 'forged'
            """
        )


async def test_no_event_goes_away(rows: Rows) -> None:
    await rows.payment()
    for statement in ("DELETE FROM events", "DELETE FROM events WHERE false", "TRUNCATE events CASCADE"):
        with pytest.raises(errors.IntegrityConstraintViolation, match="append-only"):
            await rows.run(statement)
    assert await rows.one("SELECT count(*) FROM events") == 2


async def test_the_log_outlives_what_it_is_about(rows: Rows) -> None:
    await rows.payment()
    await rows.run("TRUNCATE orders CASCADE")
    assert await rows.one("SELECT count(*) FROM events") == 2


async def test_the_marks_of_an_event_may_come_and_go(rows: Rows) -> None:
    await rows.payment()
    assert await rows.run("UPDATE events SET published_at = now(), fanned_out_at = now()") == 2
    assert await rows.run("UPDATE events SET published_at = NULL") == 2


async def test_a_transition_has_one_event(rows: Rows) -> None:
    await rows.payment()
    again = "INSERT INTO events (merchant_id, type, subject_id, payload) SELECT merchant_id, type, subject_id, payload"
    with pytest.raises(errors.UniqueViolation, match="uq_events_once_per_transition"):
        await rows.run(f"{again} FROM events WHERE type = 'payment.created'")


async def test_a_test_event_may_come_often(rows: Rows) -> None:
    merchant_id = await rows.merchant()
    for _ in range(2):
        await rows.run(
            "INSERT INTO events (merchant_id, type, subject_id, payload) VALUES (%s, 'webhook.test', 'm', '{}')",
            (merchant_id,),
        )


async def test_an_order_has_one_success_at_most(rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    (order_id,) = await rows.values("SELECT order_id FROM payments WHERE id = %s", (payment_id,))
    (sibling,) = await rows.payments(order_id)
    with pytest.raises(errors.UniqueViolation, match="uq_payments_one_success"):
        await rows.run(
            "UPDATE payments SET status = 'success', next_attempt_at = NULL WHERE id = %s", (sibling,)
        )


IMPOSSIBLE = {
    "ck_orders_amount": [
        "UPDATE orders SET amount = 0",
        "UPDATE orders SET amount = 9007199254740992",
    ],
    "ck_orders_currency": ["UPDATE orders SET currency = 'inr'", "UPDATE orders SET currency = 'INRX'"],
    "ck_orders_status": ["UPDATE orders SET status = 'open'"],
    "ck_payments_amount": ["UPDATE payments SET amount = 0, amount_refunded = 0"],
    "ck_payments_status": [
        "UPDATE payments SET status = 'lost', amount_refunded = 0, next_attempt_at = now()"
    ],
    "ck_payments_method": [
        "UPDATE payments SET method = 'cash'",
        "UPDATE payments SET vpa = NULL",
        "UPDATE payments SET card_last4 = '1111'",
        "UPDATE payments SET method = 'card', vpa = NULL, card_network = 'visa', card_last4 = '111'",
        "UPDATE payments SET method = 'card', vpa = NULL, card_network = NULL, card_last4 = '1111'",
        "UPDATE payments SET method = 'card', vpa = NULL, card_network = 'visa', card_last4 = '4111111111111111'",
    ],
    "ck_payments_amount_refunded": [
        "UPDATE payments SET amount_refunded = amount + 1",
        "UPDATE payments SET amount_refunded = -1",
    ],
    "ck_payments_only_success": [
        "UPDATE payments SET status = 'failed', captured = true, amount_refunded = 0",
        "UPDATE payments SET status = 'failed', amount_refunded = 1",
    ],
    "ck_payments_authentication": ["UPDATE payments SET authentication = 'perhaps'"],
    "ck_payments_due": [
        "UPDATE payments SET next_attempt_at = now()",
        "UPDATE payments SET status = 'processing', amount_refunded = 0",
    ],
    "ck_refunds_amount": ["UPDATE refunds SET amount = 0"],
    "ck_refunds_status": ["UPDATE refunds SET status = 'lost'"],
    "ck_refunds_due": ["UPDATE refunds SET next_attempt_at = NULL"],
    "ck_refunds_processed_at": [
        "UPDATE refunds SET processed_at = now()",
        "UPDATE refunds SET status = 'processed', next_attempt_at = NULL",
    ],
    "ck_webhook_logs_status": ["UPDATE webhook_logs SET status = 'lost'"],
    "ck_webhook_logs_due": ["UPDATE webhook_logs SET next_retry_at = NULL"],
    "ck_api_keys_secret_sha256": ["UPDATE api_keys SET secret_sha256 = 'plain'"],
    "ck_sessions_token_sha256": [
        "INSERT INTO sessions (token_sha256, merchant_id, expires_at) SELECT 'plain', id, now() FROM merchants"
    ],
    "ck_merchants_brand_color": ["UPDATE merchants SET brand_color = 'red'"],
    "ck_sign_in_failures_subject": ["INSERT INTO sign_in_failures (subject) VALUES ('test@example.com')"],
    "ck_review_resolutions_accounted_for": [
        f"INSERT INTO review_resolutions VALUES ('pay_1', gen_random_uuid(), 'failed', '{by}', '{reason}')"
        for by, reason in (("", "asked the bank"), ("asha", ""))
    ],
    "ck_review_resolutions_outcome": [
        "INSERT INTO review_resolutions VALUES ('pay_1', gen_random_uuid(), 'pending', 'asha', 'asked the bank')"
    ],
    "ck_simulator_charges_kind": ["UPDATE simulator_charges SET kind = 'gift'"],
    "ck_simulator_charges_outcome": ["UPDATE simulator_charges SET outcome = 'lost'"],
}


async def test_an_impossible_row_is_refused(rows: Rows) -> None:
    payment_ids = await rows.paid()
    await rows.refunds(*payment_ids)
    await rows.run(
        "INSERT INTO api_keys (key, merchant_id, secret_sha256) SELECT 'k', id, sha256('s') FROM merchants"
    )
    await rows.run(
        "INSERT INTO webhook_logs (merchant_id, event, event_id, payload)"
        " SELECT merchant_id, type, id, '{}' FROM events LIMIT 1"
    )
    await rows.run(
        "INSERT INTO simulator_charges (key, kind, amount, outcome, final_at)"
        " VALUES ('k', 'payment', 1, 'approved', now())"
    )
    for constraint, statements in IMPOSSIBLE.items():
        for statement in statements:
            with pytest.raises(errors.CheckViolation) as refused:
                await rows.run(statement)
            assert refused.value.diag.constraint_name == constraint, statement


async def test_every_check_of_the_database_is_tried_here(rows: Rows) -> None:
    checks = await rows.values("SELECT conname FROM pg_constraint WHERE contype = 'c'")
    ours = {name for name in checks if name.startswith("ck_")}
    assert ours == set(IMPOSSIBLE)


async def test_a_row_belongs_to_something(rows: Rows) -> None:
    await rows.refunds(*await rows.paid())
    for statement in (
        "UPDATE orders SET merchant_id = gen_random_uuid()",
        "UPDATE payments SET order_id = 'order_none'",
        "UPDATE refunds SET payment_id = 'pay_none'",
        "DELETE FROM merchants",
    ):
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await rows.run(statement)
