"""Webhook configuration, delivery log, retries and test events (contract, Endpoints and Webhooks)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway_core.db.pool import transaction
from gateway_core.db.queries.events import fan_out
from gateway_core.db.queries.merchants import get_webhook_config
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.ids import new_webhook_secret
from gateway_core.runtime.settings import EVALUATION_ENCRYPTION_KEY

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

BASE = "/api/v1/webhooks"
NEW_SECRET = "whsec_newKqGZ8sVb4nT0yRjXc6WmLhPd2EuAa"
URL = "http://127.0.0.1:4000/webhook"
UNKNOWN_ID = "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"
CONFIG_ROUTES = [("PUT", BASE), ("PUT", f"{BASE}/config"), ("POST", f"{BASE}/config")]
NO_CHOICES: list[object] = [
    *([], "payment.success", ["payment.lost"], ["payment.success", None], [[]], [{}], {}, 5),
]


async def secret_of(gateway: Gateway) -> str:
    async with transaction(gateway.pool) as conn:
        sealed = (await get_webhook_config(conn, gateway.merchant_id)).webhook_secret_encrypted
    assert sealed is not None
    assert b"whsec" not in sealed
    return Cipher(EVALUATION_ENCRYPTION_KEY).decrypt(sealed)


async def deliver(gateway: Gateway, **columns: object) -> None:
    """What the dispatcher does: every event becomes a delivery, then each is marked with ``columns``."""
    async with transaction(gateway.pool) as conn:
        await fan_out(conn, 100)
        for name, value in columns.items():
            await conn.execute(f"UPDATE webhook_logs SET {name} = %s", (value,))


@pytest.mark.parametrize(("method", "route"), CONFIG_ROUTES)
async def test_url_and_secret_are_set_and_the_secret_is_masked(
    gateway: Gateway, method: str, route: str
) -> None:
    body = {"webhook_url": "https://yoursite.com/webhook", "webhook_secret": NEW_SECRET}
    response = await gateway.post(route, body, method=method)
    assert response.status_code == 200
    masked = {
        "webhook_url": "https://yoursite.com/webhook",
        "webhook_secret": "whsec_new***",
        "webhook_events": None,
        "standard_webhooks": True,
    }
    assert response.json() == masked
    assert (await gateway.get(f"{BASE}/config")).json() == masked
    assert await secret_of(gateway) == NEW_SECRET


async def test_before_anything_is_set_the_seeded_secret_is_there_and_no_url(gateway: Gateway) -> None:
    assert (await gateway.get(f"{BASE}/config")).json() == {
        "webhook_url": None,
        "webhook_secret": "whsec_tes***",
        "webhook_events": None,
        "standard_webhooks": False,
    }
    assert await secret_of(gateway) == "whsec_test_abc123"


async def test_what_is_left_out_stays_as_it_is(gateway: Gateway) -> None:
    await gateway.post(BASE, {"webhook_url": URL}, method="PUT")
    assert await secret_of(gateway) == "whsec_test_abc123"
    response = await gateway.post(BASE, {"webhook_secret": "whsec_second"}, method="PUT")
    assert response.json() == {
        "webhook_url": URL,
        "webhook_secret": "whsec_sec***",
        "webhook_events": None,
        "standard_webhooks": True,
    }


@pytest.mark.parametrize("nothing", [None, ""])
async def test_no_url_clears_it(gateway: Gateway, nothing: object) -> None:
    await gateway.post(BASE, {"webhook_url": URL}, method="PUT")
    response = await gateway.post(BASE, {"webhook_url": nothing, "webhook_secret": None}, method="PUT")
    assert (response.json()["webhook_url"], response.json()["webhook_secret"]) == (None, "whsec_tes***")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"webhook_secret": None},
        {"webhook_url": 5},
        {"webhook_url": "ftp://example.com"},
        {"webhook_url": "https://user:pass@example.com"},
        {"webhook_url": URL, "webhook_secret": "short"},
        {"webhook_url": URL, "webhook_secret": "with spaces in it"},
        {"webhook_url": URL, "webhook_secret": ""},
        *({"webhook_url": URL, "webhook_events": events} for events in NO_CHOICES),
    ],
)
async def test_what_is_no_configuration_changes_nothing(gateway: Gateway, body: object) -> None:
    response = await gateway.post(BASE, body, method="PUT")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST_ERROR")
    assert (await gateway.get(f"{BASE}/config")).json() == {
        "webhook_url": None,
        "webhook_secret": "whsec_tes***",
        "webhook_events": None,
        "standard_webhooks": False,
    }


@pytest.mark.parametrize("route", [f"{BASE}/regenerate-secret", f"{BASE}/secret/regenerate"])
async def test_a_new_secret_is_shown_once_and_fits_standard_webhooks(gateway: Gateway, route: str) -> None:
    response = await gateway.post(route)
    secret = response.json()["webhook_secret"]
    assert (response.status_code, await secret_of(gateway)) == (200, secret)
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 24
    assert response.json()["standard_webhooks"] is True
    shown = (await gateway.get(f"{BASE}/config")).json()["webhook_secret"]
    assert shown == secret[:9] + "***"
    assert (await gateway.post(route)).json()["webhook_secret"] != secret


@pytest.mark.parametrize(
    ("secret", "fits"),
    [
        ("AQIDBAUGBwgJCgsMDQ4PEA", True),
        ("whsec_" + "0123456789abcdef" * 2, True),
        ("whsec_test_abc124", False),
        ("correct-horse-battery", False),
    ],
)
async def test_the_answer_says_whether_standard_webhooks_libraries_take_the_secret(
    gateway: Gateway, secret: str, fits: bool
) -> None:
    response = await gateway.post(BASE, {"webhook_secret": secret}, method="PUT")
    assert (response.status_code, response.json()["standard_webhooks"]) == (200, fits)
    assert (await gateway.get(f"{BASE}/config")).json()["standard_webhooks"] is fits


async def test_a_replaced_secret_is_kept_until_it_is_replaced_by_another(gateway: Gateway) -> None:
    for secret in ("whsec_second", "whsec_second", "whsec_second"):  # a form that is saved again
        await gateway.post(BASE, {"webhook_secret": secret}, method="PUT")
    (previous,) = await gateway.rows.values("SELECT webhook_secret_previous_encrypted FROM merchants")
    assert Cipher(EVALUATION_ENCRYPTION_KEY).decrypt(previous) == "whsec_test_abc123"


async def test_a_secret_that_can_no_longer_be_opened_can_be_replaced(gateway: Gateway) -> None:
    await gateway.rows.run("UPDATE merchants SET webhook_secret_encrypted = 'gone'")
    assert (await gateway.get(f"{BASE}/config")).json()["webhook_secret"] == "***"
    response = await gateway.post(BASE, {"webhook_secret": "whsec_second"}, method="PUT")
    assert response.json()["webhook_secret"] == "whsec_sec***"


async def test_deliveries_are_listed_newest_first_with_the_contracts_fields(gateway: Gateway) -> None:
    assert (await gateway.get(BASE)).json() == {"data": [], "total": 0, "limit": 10, "offset": 0}
    await gateway.post(BASE, {"webhook_url": URL}, method="PUT")
    payment = await gateway.payment()
    await deliver(gateway, status="success", attempts=1, response_code=200, next_retry_at=None)
    listed = (await gateway.get(f"{BASE}?limit=10&offset=0")).json()
    assert (listed["total"], listed["limit"], listed["offset"]) == (2, 10, 0)
    assert {row["event"] for row in listed["data"]} == {"payment.created", "payment.pending"}
    assert listed["data"][0] == {
        "id": listed["data"][0]["id"],
        "event": listed["data"][0]["event"],
        "subject_id": payment["id"],
        "status": "success",
        "attempts": 1,
        "response_code": 200,
        "last_error": None,
        "last_attempt_at": None,
        "next_retry_at": None,
        "created_at": listed["data"][0]["created_at"],
    }
    second = (await gateway.get(f"{BASE}?limit=1&offset=1")).json()
    assert (second["data"], second["total"]) == (listed["data"][1:], 2)


@pytest.mark.parametrize("status", ["failed", "success", "pending"])
async def test_a_retry_makes_a_delivery_due_again_from_its_first_attempt(
    gateway: Gateway, status: str
) -> None:
    await gateway.post(BASE, {"webhook_url": URL}, method="PUT")
    await gateway.payment()
    await deliver(gateway, status=status, attempts=5, response_code=200)
    delivery = (await gateway.get(BASE)).json()["data"][0]
    response = await gateway.post(f"{BASE}/{delivery['id']}/retry")
    assert response.status_code == 200
    assert response.json() == {
        "id": delivery["id"],
        "status": "pending",
        "message": "Webhook retry scheduled",
    }
    row: dict[str, Any] = (await gateway.get(BASE)).json()["data"][0]
    assert (row["status"], row["attempts"], row["next_retry_at"] is not None) == ("pending", 0, True)


@pytest.mark.parametrize(
    "delivery_id", [UNKNOWN_ID, "wh_log_123", "%00", "{" + UNKNOWN_ID + "}", UNKNOWN_ID.replace("-", "")]
)
async def test_an_unknown_delivery_is_not_found(gateway: Gateway, delivery_id: str) -> None:
    response = await gateway.post(f"{BASE}/{delivery_id}/retry")
    assert response.status_code == 404
    assert response.content == b'{"error":{"code":"NOT_FOUND_ERROR","description":"Webhook log not found"}}'


async def test_a_test_event_is_recorded_to_be_sent_now(gateway: Gateway) -> None:
    await gateway.post(BASE, {"webhook_url": URL}, method="PUT")
    response = await gateway.post(f"{BASE}/test")
    assert response.status_code == 200
    answer = response.json()
    assert (answer["event"], answer["status"], answer["webhook_url"]) == ("webhook.test", "pending", URL)
    assert gateway.wakes == 1
    [event] = await gateway.rows.read("SELECT * FROM events")
    assert (event["type"], event["subject_id"]) == ("webhook.test", answer["id"])
    body = orjson.loads(event["payload"])
    assert (body["event"], body["data"]["test"]["id"]) == ("webhook.test", answer["id"])
    assert body["data"]["test"]["message"]
    await deliver(gateway)
    assert [row["event"] for row in (await gateway.get(BASE)).json()["data"]] == ["webhook.test"]


async def test_test_events_can_be_sent_again_and_again(gateway: Gateway) -> None:
    await gateway.post(BASE, {"webhook_url": URL}, method="PUT")
    ids = {(await gateway.post(f"{BASE}/test")).json()["id"] for _ in range(3)}
    assert len(ids) == 3


async def test_without_a_url_there_is_nothing_to_test(gateway: Gateway) -> None:
    response = await gateway.post(f"{BASE}/test")
    assert (response.status_code, response.json()["error"]["description"]) == (
        400,
        "No webhook_url is configured",
    )
    assert await gateway.rows.one("SELECT count(*) FROM events") == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"webhook_url": "http://shop.example/hook"}, "webhook_url"),
        ({"webhook_url": "HTTP://shop.example/hook"}, "webhook_url"),
        *(
            ({"webhook_url": f"{scheme}://{host}/"}, "webhook_url")
            for scheme in ("http", "https")
            for host in ("127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost")
        ),
        ({"webhook_secret": "whsec_test_abc124"}, "webhook_secret"),
        ({"webhook_secret": "a" * 64}, "webhook_secret"),
        ({"webhook_secret": "whsec_newKqGZ8sVb4nT0yRjXc6WmLhPd2EuAa"}, "webhook_secret"),
    ],
)
async def test_production_takes_no_open_url_and_no_secret_that_can_be_guessed(
    make_gateway: Any, body: dict[str, str], field: str
) -> None:
    async with make_gateway(gateway_env="production", encryption_key="k" * 32) as production:
        response = await production.post(BASE, body, method="PUT")
        assert (response.status_code, response.json()["error"]["field"]) == (400, field)
        change = {"webhook_url": "https://shop.example/?sig=a%2Fb%3D", "webhook_secret": new_webhook_secret()}
        response = await production.post(BASE, change, method="PUT")
        assert (response.status_code, response.json()["webhook_url"]) == (200, change["webhook_url"])
