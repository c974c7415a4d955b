from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from merchant import shop
from merchant.app import make_app
from merchant.log import DeliveryLog
from merchant.orders import MAX_ANSWER_BYTES
from merchant.shop import MAX_REQUEST_BYTES, PRICE_MINOR, PRODUCT, add_shop
from merchant.shop_settings import ShopSettings, read_shop_settings

pytestmark = pytest.mark.integration

SECRET = "whsec_test_abc123"
CHECKOUT = "http://localhost:3001"
Client = TestClient[web.Request, web.Application]


@dataclass
class FakeGateway:
    """Makes ``order_1``, ``order_2``… for what it is sent; ``status`` and ``body`` replace its answer."""

    status: int = 201
    body: bytes | None = None
    seen: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)

    async def make_order(self, request: web.Request) -> web.Response:
        self.seen.append((dict(request.headers), await request.json()))
        made = json.dumps({"id": f"order_{len(self.seen)}"}).encode()
        return web.Response(body=made if self.body is None else self.body, status=self.status)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/api/v1/orders", self.make_order)])
        return app


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest_asyncio.fixture
async def server(gateway: FakeGateway) -> AsyncIterator[TestServer]:
    running = TestServer(gateway.app())
    async with running:
        yield running


@pytest_asyncio.fixture
async def client(server: TestServer, tmp_path: Path) -> AsyncIterator[Client]:
    app = make_app(SECRET, DeliveryLog(tmp_path / "webhook-logs.json"))
    url = str(server.make_url("")).removesuffix("/")
    add_shop(app, ShopSettings(url, CHECKOUT, "key_test_abc123", "secret_test_xyz789", SECRET))
    async with TestClient(TestServer(app)) as running:
        yield running


async def send(client: Client, path: str, body: object) -> tuple[int, dict[str, Any]]:
    async with client.post(path, json=body) as response:
        return response.status, await response.json()


def sign(order_id: str, payment_id: str) -> str:
    return hmac.new(SECRET.encode(), f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()


async def test_the_page_allows_its_own_files_and_the_checkout_only(client: Client) -> None:
    async with client.get("/shop") as response:
        page = await response.text()
    rules = dict(rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; "))
    assert (rules["default-src"], rules["style-src"], rules["connect-src"]) == ("'none'", "'self'", "'self'")
    assert (rules["script-src"], rules["frame-src"]) == (f"'self' {CHECKOUT}", CHECKOUT)
    assert re.findall(r'<script src="([^"]+)"', page) == [f"{CHECKOUT}/checkout.js", "/shop.js"]
    assert "₹499.00" in page
    assert "{" not in page
    assert not re.search(r"<style|\sstyle=|\son\w+=|secret_|whsec_", page)


@pytest.mark.parametrize(("path", "kind"), [("/shop.js", "text/javascript"), ("/shop.css", "text/css")])
async def test_its_files_are_served(client: Client, path: str, kind: str) -> None:
    async with client.get(path) as response:
        assert (response.status, response.content_type) == (200, kind)
        assert await response.text()


async def test_the_server_makes_the_order_at_its_own_price(client: Client, gateway: FakeGateway) -> None:
    answer = await send(client, "/shop/orders", {"product": PRODUCT, "amount": 1, "price": 1})
    assert answer == (201, {"key": "key_test_abc123", "orderId": "order_1"})
    ((headers, order),) = gateway.seen
    assert (order["amount"], order["currency"]) == (PRICE_MINOR, "INR")
    assert (headers["X-Api-Key"], headers["X-Api-Secret"]) == ("key_test_abc123", "secret_test_xyz789")


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, b"{}"), (302, b""), (201, b"not json"), (201, b"[]"), (201, b" " * (MAX_ANSWER_BYTES + 1))],
)
async def test_a_gateway_that_makes_no_order_is_told_and_explained(
    client: Client, gateway: FakeGateway, status: int, body: bytes
) -> None:
    gateway.status, gateway.body = status, body
    assert await send(client, "/shop/orders", {"product": PRODUCT}) == (
        502,
        {"error": "The order could not be made. Nothing was charged."},
    )


async def test_a_gateway_that_is_not_there(client: Client, server: TestServer) -> None:
    await server.close()
    assert (await send(client, "/shop/orders", {"product": PRODUCT}))[0] == 502


async def test_a_genuine_payment_of_our_order_is_verified(client: Client) -> None:
    await send(client, "/shop/orders", {"product": PRODUCT})
    told = {"orderId": "order_1", "paymentId": "pay_1", "signature": sign("order_1", "pay_1")}
    verified = {"verified": True, "orderId": "order_1", "paymentId": "pay_1", "amount": "₹499.00"}
    assert await send(client, "/shop/verify", told) == (200, verified)


@pytest.mark.parametrize(
    ("order_id", "payment_id", "signature", "status"),
    [
        ("order_1", "pay_1", "0" * 64, 401),
        ("order_1", "pay_1", "", 401),
        ("order_1", "pay_2", sign("order_1", "pay_1"), 401),
        ("order_1", "pay_1", sign("order_1", "pay_1").upper(), 401),
        ("order_9", "pay_1", sign("order_9", "pay_1"), 404),
        ("order_1", "pay_1", None, 400),
        ("order_1", "pay_\udcff", "\ud800", 400),
    ],
)
async def test_anything_else_is_not(
    client: Client, order_id: str, payment_id: str, signature: str | None, status: int
) -> None:
    await send(client, "/shop/orders", {"product": PRODUCT})
    told = {"orderId": order_id, "paymentId": payment_id, "signature": signature}
    answered, answer = await send(client, "/shop/verify", told)
    assert (answered, list(answer)) == (status, ["error"])


@pytest.mark.parametrize("path", ["/shop/orders", "/shop/verify"])
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"product=monsoon-umbrella", "application/x-www-form-urlencoded", 415),
        (b"not json", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * MAX_REQUEST_BYTES, "application/json", 400),
        (b" " * (MAX_REQUEST_BYTES + 1), "application/json", 413),
    ],
)
async def test_bad_bodies_make_no_order(
    client: Client, gateway: FakeGateway, path: str, body: bytes, kind: str, status: int
) -> None:
    async with client.post(path, data=body, headers={"Content-Type": kind}) as response:
        assert response.status == status
        assert "error" in await response.json()
    assert gateway.seen == []


async def test_an_unknown_product_makes_no_order(client: Client, gateway: FakeGateway) -> None:
    assert await send(client, "/shop/orders", {"product": "yacht"}) == (404, {"error": "No such product"})
    assert gateway.seen == []


def test_the_product_of_the_page_is_the_servers() -> None:
    assert f'data-product="{PRODUCT}"' in (shop.STATIC / "shop.html").read_text("utf-8")


def test_settings_follow_the_ports_and_the_addresses_win() -> None:
    local = read_shop_settings({}, SECRET)
    assert (local.api_url, local.checkout_url) == ("http://localhost:8000", "http://localhost:3001")
    moved = {"API_PORT": "8100", "CHECKOUT_PORT": "3101"}
    assert read_shop_settings(moved, SECRET).checkout_url == "http://localhost:3101"
    chosen = read_shop_settings(moved | {"API_URL": "https://api.example/", "API_KEY": "key_1"}, SECRET)
    assert (chosen.api_url, chosen.api_key) == ("https://api.example", "key_1")
    assert "secret_test" not in repr(chosen)


@pytest.mark.parametrize("url", ["pay.example", "https://a; script-src *", 'https://a"', "https://a/b"])
def test_an_address_that_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="CHECKOUT_URL"):
        read_shop_settings({"CHECKOUT_URL": url}, SECRET)
