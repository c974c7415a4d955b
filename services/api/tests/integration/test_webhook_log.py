"""Which events are sent, the delivery log's filters and details, retries of many, the secret's reveal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import pytest

from gateway_core.db.pool import transaction
from gateway_core.db.queries.events import fan_out

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

BASE = "/api/v1/webhooks"
URL = "http://127.0.0.1:4000/webhook"
UNKNOWN_ID = "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"
LONG_AGO = {"since": "2000-01-01T00:00:00Z"}
DASHBOARD = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-origin", "X-Gateway-Dashboard": "1"}
MANY = 3_000


async def with_url(gateway: Gateway, **config: object) -> dict[str, Any]:
    response = await gateway.post(BASE, {"webhook_url": URL, **config}, method="PUT")
    assert response.status_code == 200, response.text
    changed: dict[str, Any] = response.json()
    return changed


async def deliver(gateway: Gateway) -> None:
    """What the dispatcher does first: every wanted event becomes a delivery."""
    async with transaction(gateway.pool) as conn:
        await fan_out(conn, 10_000)


async def listed(gateway: Gateway, query: str = "") -> list[tuple[str, str]]:
    """(event, subject id) of the deliveries that a query lists."""
    response = await gateway.get(f"{BASE}?limit=100&{query}")
    assert response.status_code == 200, response.text
    assert response.json()["total"] == len(response.json()["data"])
    return [(row["event"], row["subject_id"]) for row in response.json()["data"]]


async def fail_everything(gateway: Gateway, count: int, merchant_id: UUID | None = None) -> None:
    """``count`` failed deliveries of a merchant."""
    await gateway.rows.run(
        """
        WITH event AS (
            INSERT INTO events (merchant_id, type, subject_id, payload, fanned_out_at)
            SELECT %s, 'payment.success', 'pay_' || n, '{}', now() FROM generate_series(1, %s) n
            ON CONFLICT DO NOTHING RETURNING id, merchant_id, type, subject_id
        )
        INSERT INTO webhook_logs (merchant_id, event, event_id, subject_id, payload, status, attempts, next_retry_at)
        SELECT merchant_id, type, id, subject_id, '{}', 'failed', 5, NULL FROM event
        """,
        (merchant_id or gateway.merchant_id, count),
    )


async def statuses(gateway: Gateway) -> dict[str, int]:
    found = await gateway.rows.read("SELECT status, count(*) AS n FROM webhook_logs GROUP BY status")
    return {row["status"]: row["n"] for row in found}


async def test_chosen_events_are_kept_in_one_order_without_repetition(gateway: Gateway) -> None:
    chosen = ["refund.created", "payment.success", "refund.created"]
    assert (await with_url(gateway, webhook_events=chosen))["webhook_events"] == [
        "payment.success",
        "refund.created",
    ]
    assert (await with_url(gateway))["webhook_events"] == ["payment.success", "refund.created"]
    config = (await gateway.get(f"{BASE}/config")).json()
    assert config["webhook_events"] == ["payment.success", "refund.created"]
    response = await gateway.post(BASE, {"webhook_events": None}, method="PUT")
    assert response.json()["webhook_events"] is None


async def test_an_unknown_event_is_named_as_the_fault(gateway: Gateway) -> None:
    response = await gateway.post(BASE, {"webhook_events": ["payment.won"]}, method="PUT")
    assert (response.status_code, response.json()["error"]["field"]) == (400, "webhook_events")


async def test_only_chosen_events_reach_the_log_and_a_test_always_does(gateway: Gateway) -> None:
    await with_url(gateway, webhook_events=["payment.created"])
    payment = await gateway.payment()
    test = (await gateway.post(f"{BASE}/test")).json()
    await deliver(gateway)
    assert sorted(await listed(gateway)) == [("payment.created", payment["id"]), ("webhook.test", test["id"])]


async def test_the_log_is_filtered_by_status_event_subject_and_time(gateway: Gateway) -> None:
    await with_url(gateway)
    first, second = await gateway.payment(), await gateway.payment()
    await deliver(gateway)
    await gateway.rows.run(
        "UPDATE webhook_logs SET status = 'failed', last_error = 'timeout' WHERE subject_id = %s",
        (first["id"],),
    )
    assert {subject for _, subject in await listed(gateway, "status=failed")} == {first["id"]}
    assert len(await listed(gateway, "status=failed,pending")) == 4
    assert await listed(gateway, "status=success") == []
    events = await listed(gateway, "event=payment.created,payment.success")
    assert sorted(events) == sorted(("payment.created", each["id"]) for each in (first, second))
    assert {subject for _, subject in await listed(gateway, f"q={second['id'][:20]}")} == {second["id"]}
    assert await listed(gateway, "created_to=2001-01-01T00:00:00Z") == []
    assert len(await listed(gateway, "created_from=2001-01-01T00:00:00Z&event=payment.pending")) == 2
    row = (await gateway.get(f"{BASE}?status=failed")).json()["data"][0]
    assert (row["last_error"], row["status"]) == ("timeout", "failed")


@pytest.mark.parametrize(
    "nothing", ["%25", "%00", "pay%25", "' OR 1=1 --", "%F0%9F%99%82", "%ff", "_", "pay%5C", "x" * 9999]
)
async def test_text_that_no_id_begins_with_finds_nothing(gateway: Gateway, nothing: str) -> None:
    await with_url(gateway)
    await gateway.payment()
    await deliver(gateway)
    assert await listed(gateway, f"q={nothing}") == []
    assert len(await listed(gateway, "q=&status=&event=")) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=done", "status"),
        ("status=failed,", "status"),
        ("status=" + "failed," * 1000, "status"),
        ("event=payment.lost", "event"),
        ("created_from=yesterday", "created_from"),
        ("created_to=2024-01-01T00:00:00", "created_to"),
        ("limit=0", "limit"),
    ],
)
async def test_a_filter_that_is_none_is_refused(gateway: Gateway, query: str, field: str) -> None:
    response = await gateway.get(f"{BASE}?{query}")
    assert (response.status_code, response.json()["error"]["field"]) == (400, field)


async def test_a_delivery_is_shown_with_its_exact_body_and_every_attempt(gateway: Gateway) -> None:
    await with_url(gateway)
    await gateway.payment(vpa="user@paytm")
    await deliver(gateway)
    row = (await gateway.get(f"{BASE}?event=payment.created")).json()["data"][0]
    fresh = (await gateway.get(f"{BASE}/{row['id']}")).json()
    event = await gateway.rows.one("SELECT payload FROM events WHERE type = 'payment.created'")
    assert fresh["payload"].encode() == bytes(event)
    assert {name: fresh[name] for name in row} == row
    assert (fresh["url"], fresh["attempt_log"]) == (URL, [])
    await gateway.rows.run(
        """
        INSERT INTO webhook_attempts (delivery_id, lease_generation, attempt, url, duration_ms, started_at,
            response_code, response_body, error, request_headers, response_headers)
        VALUES (%(id)s, 1, 1, 'http://old.example/', 12, '2024-01-15 10:30:00+00', NULL, NULL, 'timeout', NULL, NULL),
               (%(id)s, 2, 2, 'http://new.example/', 7, '2024-01-15 10:31:00+00', 200, '<b>&"', NULL, '{"X-A": "é"}',
                '{"server": "</script>"}')
        """,
        {"id": row["id"]},
    )
    shown = (await gateway.get(f"{BASE}/{row['id']}")).json()
    assert shown["url"] == "http://new.example/"
    assert shown["attempt_log"] == [
        {
            "attempt": 2,
            "started_at": "2024-01-15T10:31:00.000Z",
            "duration_ms": 7,
            "url": "http://new.example/",
            "request_headers": {"X-A": "é"},
            "response_code": 200,
            "response_headers": {"server": "</script>"},
            "response_body": '<b>&"',
            "error": None,
        },
        {
            "attempt": 1,
            "started_at": "2024-01-15T10:30:00.000Z",
            "duration_ms": 12,
            "url": "http://old.example/",
            "request_headers": {},
            "response_code": None,
            "response_headers": None,
            "response_body": None,
            "error": "timeout",
        },
    ]


async def test_the_newest_of_very_many_attempts_are_shown(gateway: Gateway) -> None:
    await with_url(gateway)
    await gateway.post(f"{BASE}/test")
    await deliver(gateway)
    await gateway.rows.run(
        """
        INSERT INTO webhook_attempts (delivery_id, lease_generation, attempt, url, duration_ms, error)
        SELECT id, n, n, '', 1, 'dns' FROM webhook_logs, generate_series(1, 60) n
        """
    )
    (row,) = (await gateway.get(BASE)).json()["data"]
    shown = (await gateway.get(f"{BASE}/{row['id']}")).json()["attempt_log"]
    assert [attempt["attempt"] for attempt in shown] == list(range(60, 10, -1))


@pytest.mark.parametrize("delivery_id", [UNKNOWN_ID, "wh_log_123", "%00", "{" + UNKNOWN_ID + "}"])
async def test_an_unknown_delivery_is_not_found(gateway: Gateway, delivery_id: str) -> None:
    response = await gateway.get(f"{BASE}/{delivery_id}")
    assert response.status_code == 404
    assert response.content == b'{"error":{"code":"NOT_FOUND_ERROR","description":"Webhook log not found"}}'


async def test_another_merchants_delivery_is_not_found(gateway: Gateway) -> None:
    await with_url(gateway)
    await gateway.post(f"{BASE}/test")
    await deliver(gateway)
    (row,) = (await gateway.get(BASE)).json()["data"]
    await gateway.add_other_merchant()
    response = await gateway.get(f"{BASE}/{row['id']}", headers=gateway.other_headers)
    assert response.status_code == 404
    assert (await gateway.get(f"{BASE}?q=test_", headers=gateway.other_headers)).json()["total"] == 0


async def test_failed_deliveries_are_scheduled_again_once(gateway: Gateway) -> None:
    await with_url(gateway)
    await fail_everything(gateway, 2)
    response = await gateway.post(f"{BASE}/retry-failed", LONG_AGO)
    assert (response.status_code, response.json()) == (
        200,
        {"scheduled": 2, "message": "2 deliveries scheduled"},
    )
    rows = (await gateway.get(BASE)).json()["data"]
    assert {(row["status"], row["attempts"], row["next_retry_at"] is None) for row in rows} == {
        ("pending", 0, False)
    }
    again = await gateway.post(f"{BASE}/retry-failed", LONG_AGO)
    assert again.json() == {"scheduled": 0, "message": "0 deliveries scheduled"}


async def test_only_those_since_then_of_that_event_are_scheduled(gateway: Gateway) -> None:
    await with_url(gateway)
    await fail_everything(gateway, 2)
    await gateway.rows.run(
        "UPDATE webhook_logs SET created_at = '2020-01-01T00:00:00Z' WHERE subject_id = 'pay_1'"
    )
    for body, scheduled in (
        ({**LONG_AGO, "event": "refund.created"}, 0),
        ({"since": "2020-01-01T00:00:00.001Z", "event": "payment.success"}, 1),
        ({"since": "2020-01-01T05:30:00+05:30", "event": None}, 1),
    ):
        response = await gateway.post(f"{BASE}/retry-failed", body)
        assert (response.status_code, response.json()["scheduled"]) == (200, scheduled), response.text


async def test_two_callers_at_once_schedule_each_of_many_deliveries_once(gateway: Gateway) -> None:
    await with_url(gateway)
    await fail_everything(gateway, MANY)
    other = await gateway.add_other_merchant()
    await gateway.rows.run("UPDATE events SET published_at = now()")
    await gateway.rows.run(
        """
        WITH event AS (
            INSERT INTO events (merchant_id, type, subject_id, payload, fanned_out_at)
            VALUES (%s, 'webhook.test', 'test_other', '{}', now()) RETURNING id, merchant_id, type
        )
        INSERT INTO webhook_logs (merchant_id, event, event_id, payload, status, next_retry_at)
        SELECT merchant_id, type, id, '{}', 'failed', NULL FROM event
        """,
        (other,),
    )
    answers = await asyncio.gather(*(gateway.post(f"{BASE}/retry-failed", LONG_AGO) for _ in range(2)))
    assert sum(answer.json()["scheduled"] for answer in answers) == MANY
    assert await statuses(gateway) == {"pending": MANY, "failed": 1}
    assert await gateway.rows.values("SELECT DISTINCT lease_generation FROM webhook_logs ORDER BY 1") == [
        0,
        1,
    ]


async def test_one_call_schedules_no_more_than_the_bound(gateway: Gateway) -> None:
    await with_url(gateway)
    await fail_everything(gateway, 10_100)
    first = (await gateway.post(f"{BASE}/retry-failed", LONG_AGO)).json()
    assert first == {"scheduled": 10_000, "message": "10000 deliveries scheduled; call again for the rest"}
    assert (await gateway.post(f"{BASE}/retry-failed", LONG_AGO)).json()["scheduled"] == 100


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "since"),
        ({"since": None}, "since"),
        ({"since": 5}, "since"),
        ({"since": "2024-01-01"}, "since"),
        ({"since": "2024-01-01T00:00:00"}, "since"),
        ({"since": "0000-01-01T00:00:00Z"}, "since"),
        ({**LONG_AGO, "events": "payment.success"}, "event"),
        ({**LONG_AGO, "event": "payment.lost"}, "event"),
        ({**LONG_AGO, "event": ["payment.success"]}, "event"),
    ],
)
async def test_a_retry_of_many_that_says_nothing_is_refused(
    gateway: Gateway, body: object, field: str
) -> None:
    await with_url(gateway)
    await fail_everything(gateway, 1)
    response = await gateway.post(f"{BASE}/retry-failed", body)
    assert (response.status_code, response.json()["error"]["field"]) == (400, field)
    assert await statuses(gateway) == {"failed": 1}


async def test_without_a_url_nothing_is_scheduled(gateway: Gateway) -> None:
    await fail_everything(gateway, 1)
    response = await gateway.post(f"{BASE}/retry-failed", LONG_AGO)
    assert (response.status_code, response.json()["error"]["field"]) == (400, "webhook_url")
    assert await statuses(gateway) == {"failed": 1}


async def sign_in(gateway: Gateway) -> None:
    content = orjson.dumps({"email": "test@example.com", "password": "anything"})
    headers = {**DASHBOARD, "Content-Type": "application/json"}
    response = await gateway.client.post("/api/v1/session", content=content, headers=headers)
    assert response.status_code == 200, response.text


async def test_the_secret_is_shown_to_who_is_signed_in(gateway: Gateway) -> None:
    await sign_in(gateway)
    response = await gateway.client.get(f"{BASE}/secret", headers=DASHBOARD)
    assert (response.status_code, response.json()) == (200, {"webhook_secret": "whsec_test_abc123"})
    assert response.headers["cache-control"] == "no-store"
    await gateway.rows.run("UPDATE merchants SET webhook_secret_encrypted = 'gone'")
    assert (await gateway.client.get(f"{BASE}/secret", headers=DASHBOARD)).json() == {"webhook_secret": None}


async def test_the_secret_is_not_shown_for_a_key_nor_to_nobody(gateway: Gateway) -> None:
    response = await gateway.get(f"{BASE}/secret")
    assert (response.status_code, response.json()["error"]) == (
        403,
        {"code": "FORBIDDEN_ERROR", "description": "Sign in to the dashboard to do this"},
    )
    await sign_in(gateway)
    assert (await gateway.get(f"{BASE}/secret")).status_code == 403
    gateway.client.cookies.clear()
    assert (await gateway.get(f"{BASE}/secret", headers={})).status_code == 401


async def test_who_is_signed_in_may_use_the_log(gateway: Gateway) -> None:
    await with_url(gateway)
    await fail_everything(gateway, 1)
    await sign_in(gateway)
    (row,) = (await gateway.client.get(BASE, headers=DASHBOARD)).json()["data"]
    assert (await gateway.client.get(f"{BASE}/{row['id']}", headers=DASHBOARD)).status_code == 200
    headers = {**DASHBOARD, "Content-Type": "application/json"}
    body = orjson.dumps(LONG_AGO)
    response = await gateway.client.post(f"{BASE}/retry-failed", content=body, headers=headers)
    assert response.json()["scheduled"] == 1
    cross_site = await gateway.client.post(
        f"{BASE}/retry-failed", content=body, headers={"Content-Type": "application/json"}
    )
    assert cross_site.status_code == 403
