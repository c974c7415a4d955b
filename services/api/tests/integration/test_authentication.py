"""Who is let in, who is not, and that nobody learns why (contract, Errors)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

REFUSAL = b'{"error":{"code":"AUTHENTICATION_ERROR","description":"Invalid API credentials"}}'
KEY, SECRET = b"key_test_abc123", b"secret_test_xyz789"
SIGNED = [
    ("POST", "/api/v1/orders"),
    ("GET", "/api/v1/orders"),
    ("GET", "/api/v1/orders/order_1"),
    ("POST", "/api/v1/payments"),
    ("GET", "/api/v1/payments"),
    ("GET", "/api/v1/payments/pay_1"),
    ("POST", "/api/v1/payments/pay_1/capture"),
    ("POST", "/api/v1/payments/pay_1/refunds"),
    ("GET", "/api/v1/payments/pay_1/refunds"),
    ("GET", "/api/v1/refunds/rfnd_1"),
    ("GET", "/api/v1/webhooks"),
    ("PUT", "/api/v1/webhooks"),
    ("GET", "/api/v1/webhooks/config"),
    ("PUT", "/api/v1/webhooks/config"),
    ("POST", "/api/v1/webhooks/config"),
    ("POST", "/api/v1/webhooks/x/retry"),
    ("POST", "/api/v1/webhooks/test"),
    ("POST", "/api/v1/webhooks/regenerate-secret"),
    ("POST", "/api/v1/webhooks/secret/regenerate"),
    ("GET", "/api/v1/webhooks/secret"),
    ("GET", "/api/v1/api-keys"),
    ("POST", "/api/v1/api-keys"),
    ("POST", "/api/v1/api-keys/x/roll"),
    ("POST", "/api/v1/api-keys/x/revoke"),
]
WRONG: dict[str, list[tuple[bytes, bytes]]] = {
    "nothing": [],
    "no secret": [(b"X-Api-Key", KEY)],
    "no key": [(b"X-Api-Secret", SECRET)],
    "empty": [(b"X-Api-Key", b""), (b"X-Api-Secret", b"")],
    "wrong secret": [(b"X-Api-Key", KEY), (b"X-Api-Secret", b"wrong")],
    "wrong key": [(b"X-Api-Key", b"key_test_abc124"), (b"X-Api-Secret", SECRET)],
    "another's secret": [(b"X-Api-Key", b"key_other"), (b"X-Api-Secret", SECRET)],
    "case": [(b"X-Api-Key", KEY.upper()), (b"X-Api-Secret", SECRET)],
    "bytes that are no text": [(b"X-Api-Key", b"\xff\xfe\x80"), (b"X-Api-Secret", b"\xff\xfe\x80")],
    "text beyond ASCII": [(b"X-Api-Key", "ключ".encode()), (b"X-Api-Secret", "секрет".encode())],
    "NUL": [(b"X-Api-Key", KEY + b"\x00"), (b"X-Api-Secret", SECRET + b"\x00")],
    "long": [(b"X-Api-Key", b"k" * 8000), (b"X-Api-Secret", b"s" * 8000)],
    "SQL": [(b"X-Api-Key", b"'OR'1'='1"), (b"X-Api-Secret", SECRET)],
    "pattern": [(b"X-Api-Key", b"%"), (b"X-Api-Secret", SECRET)],
    "key twice": [(b"X-Api-Key", KEY), (b"X-Api-Key", KEY), (b"X-Api-Secret", SECRET)],
    "secret twice": [(b"X-Api-Key", KEY), (b"X-Api-Secret", SECRET), (b"X-Api-Secret", SECRET)],
    "both joined": [(b"X-Api-Key", KEY + b"," + KEY), (b"X-Api-Secret", SECRET)],
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG.keys())
async def test_every_refusal_is_the_same_bytes(gateway: Gateway, headers: list[tuple[bytes, bytes]]) -> None:
    await gateway.add_other_merchant()
    response = await gateway.client.request("GET", "/api/v1/orders", headers=headers)
    assert (response.status_code, response.content) == (401, REFUSAL)


async def test_every_signed_endpoint_asks_first(gateway: Gateway) -> None:
    for method, path in SIGNED:
        response = await gateway.client.request(method, path, content=b"not even JSON")
        assert (response.status_code, response.content) == (401, REFUSAL), path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE merchants SET is_active = false",
        "UPDATE api_keys SET revoked_at = now()",
        "UPDATE api_keys SET expires_at = now()",
        "DELETE FROM api_keys",
    ],
)
async def test_a_key_stops_working_at_once(gateway: Gateway, statement: str) -> None:
    assert (await gateway.get("/api/v1/orders")).status_code == 200
    await gateway.rows.run(statement)
    response = await gateway.get("/api/v1/orders")
    assert (response.status_code, response.content) == (401, REFUSAL)


async def test_many_callers_at_once_are_each_told_who_they_are(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    await gateway.order()
    wrong = {**gateway.headers, "X-Api-Secret": "wrong"}
    callers = [gateway.headers, gateway.other_headers, wrong] * 20
    responses = await asyncio.gather(*(gateway.get("/api/v1/orders", headers=each) for each in callers))
    assert [response.status_code for response in responses] == [200, 200, 401] * 20
    totals = [response.headers.get("x-total-count") for response in responses]
    assert totals == ["1", "0", None] * 20


async def test_another_merchants_objects_are_as_unknown_as_any(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    payment = await gateway.successful_payment()
    refund = (await gateway.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 1})).json()
    unknown = "A" * 22
    for template, mine in [
        ("/api/v1/orders/order_{}", payment["order_id"].removeprefix("order_")),
        ("/api/v1/payments/pay_{}", payment["id"].removeprefix("pay_")),
        ("/api/v1/payments/pay_{}/refunds", payment["id"].removeprefix("pay_")),
        ("/api/v1/refunds/rfnd_{}", refund["id"].removeprefix("rfnd_")),
    ]:
        theirs = await gateway.get(template.format(mine), headers=gateway.other_headers)
        nobodys = await gateway.get(template.format(unknown), headers=gateway.other_headers)
        assert (theirs.status_code, theirs.content) == (404, nobodys.content), template


async def test_another_merchants_objects_cannot_be_acted_on(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    payment = await gateway.successful_payment()
    base = f"/api/v1/payments/{payment['id']}"
    for path, body in [
        (f"{base}/capture", {"amount": 50000}),
        (f"{base}/refunds", {"amount": 1}),
        ("/api/v1/payments", {"order_id": payment["order_id"], "method": "upi", "vpa": "a@b"}),
    ]:
        response = await gateway.post(path, body, headers=gateway.other_headers)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND_ERROR"), path
    assert (await gateway.get("/api/v1/payments", headers=gateway.other_headers)).json() == []
    assert (await gateway.get(base)).json()["captured"] is False


async def test_another_merchants_delivery_cannot_be_retried(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    await gateway.rows.run("UPDATE merchants SET webhook_url = 'http://127.0.0.1:1/'")
    await gateway.payment()
    await gateway.rows.run(
        """
        INSERT INTO webhook_logs (merchant_id, event, event_id, payload, status)
        SELECT merchant_id, type, id, '{}', 'failed' FROM events LIMIT 1
        """
    )
    delivery_id = await gateway.rows.one("SELECT id FROM webhook_logs")
    response = await gateway.post(f"/api/v1/webhooks/{delivery_id}/retry", headers=gateway.other_headers)
    assert (response.status_code, response.json()["error"]["description"]) == (404, "Webhook log not found")
    assert (await gateway.get("/api/v1/webhooks", headers=gateway.other_headers)).json()["total"] == 0
    assert (await gateway.post(f"/api/v1/webhooks/{delivery_id}/retry")).status_code == 200
