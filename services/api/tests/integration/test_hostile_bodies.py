"""Whatever is sent: the contract's error, never a 500, and nothing of it comes back or is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gateway_core.db.pool import transaction

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

BODIES = {
    "nothing": b"",
    "cut off": b'{"amount": 500',
    "duplicate keys": b'{"amount": 500, "amount": 600}',
    "NaN": b'{"amount": NaN}',
    "huge number": b'{"amount": 1e400}',
    "many digits": b'{"amount": ' + b"9" * 10000 + b"}",
    "deep": b'{"notes": ' + b"[" * 20000 + b"]" * 20000 + b"}",
    "NUL": b'{"amount": 500, "receipt": "a\\u0000b"}',
    "raw NUL": b'{"amount": 500, "receipt": "a\x00b"}',
    "surrogate": b'{"amount": 500, "receipt": "\\ud800"}',
    "not UTF-8": b'{"amount": 500, "receipt": "\xff"}',
    "byte order mark": b'\xef\xbb\xbf{"amount": 500}',
    "UTF-16": '{"amount": 500}'.encode("utf-16-le"),
    "array": b"[]",
    "null": b"null",
    "wrong types": b'{"amount": {"$gt": 0}, "currency": [], "notes": "x", "receipt": {}}',
    "deep notes": b'{"amount": 500, "notes": {"a": {"b": {"c": {"d": {}}}}}}',
    "many notes": json.dumps({"amount": 500, "notes": dict.fromkeys(map(str, range(51)), 1)}).encode(),
    "__proto__": b'{"__proto__": {"amount": 500}}',
}
ROUTES = [
    "/api/v1/orders",
    "/api/v1/payments",
    "/api/v1/payments/public",
    "/api/v1/payments/pay_AAAAAAAAAAAAAAAAAAAAAA/capture",
    "/api/v1/payments/pay_AAAAAAAAAAAAAAAAAAAAAA/refunds",
    "/api/v1/webhooks/config",
]
CARD_NUMBER, CVV = "4539578763621486", "97315"[:3]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_every_route_refuses_it_in_the_contracts_shape(gateway: Gateway, body: bytes) -> None:
    for route in ROUTES:
        response = await gateway.post(route, body, key="k")
        assert 400 <= response.status_code < 500, (route, response.text)
        assert set(response.json()) == {"error"}
        assert {"code", "description"} <= set(response.json()["error"])
    assert await gateway.rows.one("SELECT count(*) FROM idempotency_keys") == 0


async def test_text_of_every_script_survives(gateway: Gateway) -> None:
    text = '₹ 😀 مرحبا עברית हिन्दी \u2028 \\ " \t \u007f é é'
    order = await gateway.order(receipt=text, notes={text: [text, {"10": 1, "2": text}]})
    assert (await gateway.get(f"/api/v1/orders/{order['id']}")).json() == order
    assert order["receipt"] == text


async def test_unknown_members_are_ignored(gateway: Gateway) -> None:
    order = await gateway.order(id="order_mine", status="paid", merchant_id="x", unknown={"a": [1.5]})
    assert order["status"] == "created"


async def everything_stored(gateway: Gateway) -> str:
    """Every row of every table as text."""
    async with transaction(gateway.pool) as conn:
        tables = await (
            await conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).fetchall()
        texts = []
        for table in tables:
            name = table["tablename"]
            rows = await (await conn.execute(f"SELECT t::text AS row FROM {name} t")).fetchall()
            texts += [row["row"] for row in rows]
        payloads = await (await conn.execute("SELECT payload FROM events")).fetchall()
    return "\n".join([*texts, *(row["payload"].decode() for row in payloads)])


@pytest.mark.parametrize("route", ["/api/v1/payments", "/api/v1/payments/public"])
async def test_card_number_and_cvv_are_nowhere_afterwards(
    gateway: Gateway, route: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    order = await gateway.order()
    card = {
        "number": CARD_NUMBER, "expiry_month": "12", "expiry_year": "2040", "cvv": CVV, "holder_name": "Zacharias Q",
    }  # fmt: skip
    body = {"order_id": order["id"], "method": "card", "card": card}
    created = await gateway.post(route, body, key="card-1")
    replayed = await gateway.post(route, body, key="card-1")
    reused = await gateway.post(route, {**body, "card": {**card, "cvv": "222"}}, key="card-1")
    answers = [created, replayed, reused]
    for broken in (
        {"number": CARD_NUMBER[:-1] + "0"},
        {"expiry_year": "2001"},
        {"cvv": CVV + "x"},
        {"holder_name": 5},
    ):
        answers += [await gateway.post(route, {**body, "card": {**card, **broken}}, key="card-2")]
    whole = json.dumps(body).encode()
    answers.append(await gateway.post(route, whole[:-1], key="card-3"))
    answers.append(await gateway.post(route, whole.replace(b'"cvv"', b'"number"'), key="card-4"))
    assert [answer.status_code for answer in answers] == [201, 201, 422, 400, 400, 400, 400, 400, 400]
    output = capsys.readouterr()
    written = "\n".join([*(answer.text for answer in answers), output.out, output.err, caplog.text])
    stored = await everything_stored(gateway)
    assert CARD_NUMBER[-4:] in stored
    for place in (written, stored):
        assert CARD_NUMBER[:-4] not in place
        assert CARD_NUMBER[:12] not in place
        assert f'"{CVV}"' not in place
        assert "Zacharias" not in place
