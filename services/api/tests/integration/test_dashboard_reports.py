"""Totals, queues and timelines against real rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

SUMMARY = "/api/v1/dashboard/summary"
QUEUES = "/api/v1/dashboard/queues"


async def get(gateway: Gateway, path: str) -> dict[str, Any]:
    response = await gateway.get(path)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    told: dict[str, Any] = response.json()
    return told


async def finish(gateway: Gateway, payment_id: str, status: str, **moved: float) -> None:
    await gateway.rows.run(
        "UPDATE payments SET status = %s, next_attempt_at = NULL, created_at = now() - make_interval(secs => %s) "
        "WHERE id = %s",
        (status, moved.get("age_s", 0.0), payment_id),
    )


async def test_a_new_merchant_has_an_empty_month(gateway: Gateway) -> None:
    told = await get(gateway, SUMMARY)
    assert (told["payments"], told["success_rate"], told["amounts"], told["refunded"]) == (0, None, [], [])
    assert (told["interval"], len(told["series"]), told["currency"]) == ("day", 30, "INR")


async def test_payments_count_in_their_bucket_and_refunds_when_they_are_processed(gateway: Gateway) -> None:
    day_s = 86_400.0
    paid = [await gateway.successful_payment() for _ in range(2)]
    await gateway.rows.run(
        "UPDATE payments SET created_at = now() - interval '2 days' WHERE id = %s", (paid[0]["id"],)
    )
    await finish(gateway, (await gateway.payment())["id"], "failed")
    await gateway.payment()
    await finish(gateway, (await gateway.payment())["id"], "failed", age_s=40 * day_s)
    await gateway.add_other_merchant()
    refund = (await gateway.post(f"/api/v1/payments/{paid[0]['id']}/refunds", {"amount": 300})).json()
    assert (await get(gateway, SUMMARY))["refunded"] == []
    await gateway.rows.run(
        "UPDATE refunds SET status = 'processed', processed_at = now(), next_attempt_at = NULL WHERE id = %s",
        (refund["id"],),
    )
    told = await get(gateway, f"{SUMMARY}?days=7")
    assert (told["payments"], told["successful"], told["failed"], told["pending"]) == (4, 2, 1, 1)
    assert told["success_rate"] == 66.7
    assert told["amounts"] == [{"currency": "INR", "amount": 100_000}]
    assert told["refunded"] == [{"currency": "INR", "amount": 300}]
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    bucket = next(each for each in told["series"] if each["start"].startswith(two_days_ago))
    assert (bucket["payments"], bucket["successful"], bucket["amount"]) == (1, 1, 50_000)
    assert sum(each["payments"] for each in told["series"]) == 4
    assert (await get(gateway, f"{SUMMARY}?days=90"))["payments"] == 5
    hours = await get(gateway, f"{SUMMARY}?days=1")
    assert (hours["interval"], len(hours["series"]), hours["payments"]) == ("hour", 24, 3)
    other = await gateway.get(SUMMARY, headers=gateway.other_headers)
    assert other.json()["payments"] == 0


async def test_days_are_those_of_the_merchant(gateway: Gateway) -> None:
    await gateway.post("/api/v1/merchant/settings", {"time_zone": "Pacific/Kiritimati"}, method="PUT")
    await gateway.payment()
    told = await get(gateway, SUMMARY)
    assert told["time_zone"] == "Pacific/Kiritimati"
    assert {bucket["start"][11:16] for bucket in told["series"]} == {"10:00"}
    assert told["series"][-1]["payments"] == 1


async def test_other_periods_and_strangers_are_refused(gateway: Gateway) -> None:
    response = await gateway.get(f"{SUMMARY}?days=2")
    assert (response.status_code, response.json()["error"]["field"]) == (400, "days")
    for path in (SUMMARY, QUEUES, "/api/v1/payments/pay_1234567890123456/timeline"):
        assert (await gateway.get(path, headers={})).status_code == 401


async def test_queues_are_the_gateways_and_attention_is_the_merchants(gateway: Gateway) -> None:
    other_id = await gateway.add_other_merchant()
    due, later = await gateway.payment(), await gateway.payment()
    await gateway.rows.run(
        "UPDATE payments SET next_attempt_at = now() - interval '90 seconds', requires_review = true WHERE id = %s",
        (due["id"],),
    )
    await gateway.rows.run(
        "UPDATE payments SET next_attempt_at = now() + interval '1 hour' WHERE id = %s", (later["id"],)
    )
    for worker, in_flight, age_s in (("alive", 3, 1), ("gone", 5, 60)):
        await gateway.rows.run(
            "INSERT INTO worker_heartbeats (worker_id, queue, in_flight, beat_at) "
            "VALUES (%s, 'payment-processing', %s, now() - make_interval(secs => %s))",
            (worker, in_flight, age_s),
        )
    for merchant_id in (gateway.merchant_id, other_id):
        await gateway.rows.run(
            "INSERT INTO webhook_logs (merchant_id, event, event_id, payload, status, next_retry_at) "
            "SELECT %s, type, id, '{}', 'failed', NULL FROM events ORDER BY id LIMIT 1 "
            "OFFSET (SELECT count(*) FROM webhook_logs)",
            (merchant_id,),
        )
    told = await get(gateway, QUEUES)
    assert [queue["name"] for queue in told["queues"]] == [
        "payment-processing",
        "refund-processing",
        "webhook-delivery",
    ]
    payments, refunds, webhooks = told["queues"]
    assert (payments["depth"], payments["due"], payments["in_flight"]) == (2, 1, 3)
    assert 90 <= payments["oldest_due_seconds"] < 120
    assert [(each["id"], each["status"], each["in_flight"]) for each in payments["workers"]] == [
        ("alive", "running", 3),
        ("gone", "stopped", 5),
    ]
    assert 60 <= payments["workers"][1]["last_beat_seconds"] < 90
    assert refunds == {
        "name": "refund-processing", "depth": 0, "due": 0, "oldest_due_seconds": None, "in_flight": 0, "workers": [],
    }  # fmt: skip
    assert webhooks["depth"] == 4  # events that wait for their fan-out
    assert (told["failed_deliveries"], told["requires_review"]) == (1, 1)
    other = (await gateway.get(QUEUES, headers=gateway.other_headers)).json()
    assert (other["failed_deliveries"], other["requires_review"]) == (1, 0)


async def test_a_timeline_tells_all_around_a_payment_in_order(gateway: Gateway) -> None:
    order = await gateway.order(receipt="<b>r</b>", notes={"table": "4"})
    body = {"order_id": order["id"], "method": "upi", "vpa": "user@paytm"}
    payment = (await gateway.post("/api/v1/payments", body)).json()
    await gateway.succeed(payment["id"])
    refund = (await gateway.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 100})).json()
    delivery_id = uuid4()
    await gateway.rows.run(
        "INSERT INTO webhook_logs (id, merchant_id, event, event_id, payload, status, attempts, next_retry_at) "
        "SELECT %s, merchant_id, type, id, '{}', 'pending', 1, '2030-01-01Z' FROM events "
        "WHERE type = 'payment.success'",
        (delivery_id,),
    )
    await gateway.rows.run(
        "INSERT INTO webhook_attempts (delivery_id, lease_generation, attempt, url, started_at, duration_ms, "
        "response_code, error) VALUES (%s, 1, 1, 'http://x/', now() + interval '1 second', 41, NULL, 'timeout')",
        (delivery_id,),
    )
    await gateway.successful_payment()  # somebody else's story
    told = await get(gateway, f"/api/v1/payments/{payment['id']}/timeline")
    assert told["payment"] == await get(gateway, f"/api/v1/payments/{payment['id']}")
    assert (told["payment"]["amount_refunded"], told["payment"]["requires_review"]) == (100, False)
    assert told["order"] == {
        "id": order["id"], "amount": 50000, "currency": "INR", "receipt": "<b>r</b>", "notes": {"table": "4"},
        "status": "paid", "created_at": order["created_at"],
    }  # fmt: skip
    assert told["refunds"] == [await get(gateway, f"/api/v1/refunds/{refund['id']}")]
    assert [(entry["kind"], entry["event"], entry["subject_id"]) for entry in told["entries"]] == [
        ("event", "payment.created", payment["id"]),
        ("event", "payment.pending", payment["id"]),
        ("event", "payment.success", payment["id"]),
        ("event", "refund.created", refund["id"]),
        ("attempt", "payment.success", payment["id"]),
    ]
    success, attempt = told["entries"][2], told["entries"][4]
    assert set(told["entries"][0]) == {"at", "kind", "event", "subject_id"}
    assert (success["delivery_id"], success["delivery_status"]) == (str(delivery_id), "pending")
    assert success["next_retry_at"] == "2030-01-01T00:00:00.000Z"
    assert {name: attempt[name] for name in ("attempt", "response_code", "duration_ms", "error")} == {
        "attempt": 1, "response_code": None, "duration_ms": 41, "error": "timeout",
    }  # fmt: skip
    assert (attempt["delivery_id"], "next_retry_at" in attempt) == (str(delivery_id), False)


async def test_a_long_timeline_keeps_its_newest_entries(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    delivery_id = uuid4()
    await gateway.rows.run(
        "INSERT INTO webhook_logs (id, merchant_id, event, event_id, payload, status) "
        "SELECT %s, merchant_id, type, id, '{}', 'failed' FROM events WHERE type = 'payment.success'",
        (delivery_id,),
    )
    await gateway.rows.run(
        "INSERT INTO webhook_attempts (delivery_id, lease_generation, attempt, url, started_at, duration_ms) "
        "SELECT %s, n, n, 'http://x/', now() + make_interval(secs => n), 1 FROM generate_series(1, 600) n",
        (delivery_id,),
    )
    entries = (await get(gateway, f"/api/v1/payments/{payment['id']}/timeline"))["entries"]
    assert [entry["attempt"] for entry in entries] == list(range(101, 601))


@pytest.mark.parametrize("payment_id", ["pay_1234567890123456", "nonsense", "order_1234567890123456"])
async def test_another_merchants_timeline_is_not_there(gateway: Gateway, payment_id: str) -> None:
    await gateway.add_other_merchant()
    payment = await gateway.payment()
    theirs = await gateway.get(f"/api/v1/payments/{payment['id']}/timeline", headers=gateway.other_headers)
    missing = await gateway.get(f"/api/v1/payments/{payment_id}/timeline")
    assert theirs.status_code == missing.status_code == 404
    assert theirs.content == missing.content
