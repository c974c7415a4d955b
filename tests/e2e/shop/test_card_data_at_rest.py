"""No table, Redis entry or log contains a card's number or CVV."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from devstack.servers import Server
from tests.e2e.books import at_rest, rows
from tests.e2e.gateway import expect
from tests.e2e.stack import Stack

# Both pass the Luhn check. The leading zero keeps the CVV apart from every port, pid and duration.
NUMBER, AMEX = "5267318187975449", "371449635398431"
REFUSED_NUMBER = "5267318187975440"
CVV, AMEX_CVV, REFUSED_CVV = "073", "0739", "90817263"
KEPT_DIGITS = 4


def _spellings(number: str) -> Iterator[bytes]:
    secret = number[:-KEPT_DIGITS]  # the last four may be kept
    yield secret.encode()
    for separator in " -":
        yield separator.join(number[start : start + 4] for start in range(0, len(number), 4))[:14].encode()
    yield secret.encode().hex().encode()
    yield number[::-1].encode()
    for shift in range(3):
        encoded = base64.b64encode(b" " * shift + number.encode())
        yield encoded[4 if shift else 0 :][:12]


FORBIDDEN = [spelling for number in (NUMBER, AMEX, REFUSED_NUMBER) for spelling in _spellings(number)]
FORBIDDEN_CVV = re.compile(rf"(?<![0-9A-Za-z.])(?:{CVV}|{AMEX_CVV}|{REFUSED_CVV})(?![0-9A-Za-z])".encode())


def found(text: bytes) -> list[bytes]:
    """What must not be in ``text`` and is."""
    hits = [spelling for spelling in FORBIDDEN if spelling in text]
    return hits + [match.group() for match in FORBIDDEN_CVV.finditer(text)]


async def test_card_numbers_and_cvvs_are_nowhere(shop: Stack, postgres_server: Server) -> None:
    await _use_cards(shop)
    await at_rest(shop)
    tables = await _tables(shop)
    assert "payments" in tables
    assert b"5449" in tables["payments"]
    assert b"mastercard" in tables["payments"]
    logs = {process.output_path.name: process.output_path.read_bytes() for process in shop.started}
    assert any(logs.values())
    written = _written_to(shop.redis.data_dir)
    assert b"payment-processing" in written
    places = {
        **tables,
        **logs,
        "redis": written,
        "redis log": shop.redis.log_path.read_bytes(),
        "postgres log": postgres_server.log_path.read_bytes(),
    }
    assert {place: hits for place, text in places.items() if (hits := found(text))} == {}


def test_the_search_would_find_them() -> None:
    assert found(f'{{"number":"{NUMBER}"}}'.encode())
    assert found(b"5267 3181 8797 5449")
    assert found(base64.b64encode(f'{{"number": "{AMEX}"}}'.encode()))
    assert found(NUMBER.encode().hex().encode())
    assert found(b'{"cvv":"073"}') == [b"073"]
    assert found(b"mastercard 5449 12.0739 10739") == []


async def _use_cards(shop: Stack) -> None:
    """Good and bad ones, by every way in."""
    for number in (NUMBER, AMEX, "5267-3181-8797-5449", "5267 3181 8797 5449"):
        made = await shop.gateway.pay_by_card(
            await shop.gateway.order(), number=number, cvv=AMEX_CVV if number == AMEX else CVV
        )
        expect(201, made)
    order = await shop.gateway.order()
    card = {"number": NUMBER, "expiry_month": "12", "expiry_year": "49", "cvv": CVV, "holder_name": "A"}
    body = {"order_id": order, "method": "card", "card": card}
    for _ in range(2):
        expect(201, await shop.gateway.post("/payments", body, key="canary"))
    assert (await shop.gateway.post("/payments", {**body, "note": "x"}, key="canary")).status_code == 422
    expect(
        201,
        await shop.gateway.http.post(
            "/api/v1/payments/public", json={**body, "order_id": await shop.gateway.order()}
        ),
    )
    for refused in ({"number": REFUSED_NUMBER}, {"cvv": REFUSED_CVV}, {"expiry_year": "20"}):
        answer = await shop.gateway.pay_by_card(order, **{**card, **refused})
        assert answer.status_code == 400
        assert found(answer.content) == []
    broken = f'{{"order_id": "{order}", "card": {{"number": "{NUMBER}", "cvv": "{CVV}"'.encode()
    answer = await shop.gateway.http.post(
        "/api/v1/payments", content=broken, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert found(answer.content) == []


async def _tables(shop: Stack) -> dict[str, bytes]:
    """Every table as text, bytes in hex, as a dump has them."""
    names = await rows(shop, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    dump: dict[str, bytes] = {}
    async with await psycopg.AsyncConnection.connect(shop.database_url) as conn:
        for row in names:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(row["tablename"]))
            lines = await (await conn.execute(query)).fetchall()
            dump[row["tablename"]] = "\n".join(line[0] for line in lines).encode()
    return dump


def _written_to(redis_dir: Path) -> bytes:
    """Every command that changed Redis, from its append-only file: also what is gone by now."""
    files = [path for path in redis_dir.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)
