"""A shop with one product: ``GET /shop``, ``POST /shop/orders`` and ``POST /shop/verify``."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, web

from merchant.delivery import money
from merchant.orders import NoOrder, create_order
from merchant.shop_settings import ShopSettings
from merchant.signature import is_genuine

PRODUCT = "monsoon-umbrella"
PRICE_MINOR = 49_900
CURRENCY = "INR"
STATIC = Path(__file__).with_name("static")
PAGE_TIMEOUT_S = 10.0
GATEWAY_TIMEOUT_S = 5.0
MAX_REQUEST_BYTES = 4 * 1024
MAX_REMEMBERED_ORDERS = 10_000

SETTINGS = web.AppKey("SETTINGS", ShopSettings)
GATEWAY = web.AppKey("GATEWAY", ClientSession)
ORDERS = web.AppKey("ORDERS", OrderedDict[str, int])


def add_shop(app: web.Application, settings: ShopSettings) -> None:
    """The shop's routes on ``app``, and its connection to the gateway for as long as ``app`` runs."""
    app[SETTINGS] = settings
    app[ORDERS] = OrderedDict()  # id -> amount (minor units); a real shop has a database
    app.cleanup_ctx.append(_gateway)
    app.add_routes(
        [
            web.get("/shop", show_shop),
            web.get("/shop.js", show_file),
            web.get("/shop.css", show_file),
            web.post("/shop/orders", order),
            web.post("/shop/verify", verify),
        ]
    )


async def _gateway(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    async with ClientSession(
        settings.api_url,
        headers={"X-Api-Key": settings.api_key, "X-Api-Secret": settings.api_secret},
        timeout=ClientTimeout(total=GATEWAY_TIMEOUT_S),
    ) as session:
        app[GATEWAY] = session
        yield


async def show_shop(request: web.Request) -> web.Response:
    """The page. It may load the gateway's script and frame the checkout, and nothing else from other origins."""
    checkout = request.app[SETTINGS].checkout_url
    html = (STATIC / "shop.html").read_text("utf-8")
    html = html.replace("{checkout}", checkout).replace("{price}", money(PRICE_MINOR, CURRENCY))
    return web.Response(text=html, content_type="text/html", headers=_headers(checkout))


async def show_file(request: web.Request) -> web.Response:
    """The page's own script and style, from files: an inline one would need a hole in the policy."""
    name = request.path.removeprefix("/")
    kind = {"shop.js": "text/javascript", "shop.css": "text/css"}[name]
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    return web.Response(text=(STATIC / name).read_text("utf-8"), content_type=kind, headers=headers)


async def order(request: web.Request) -> web.Response:
    """Creates an order for ``{product}``. The server sets the price: a browser can send any."""
    asked = await _read(request, "product")
    if asked["product"] != PRODUCT:
        raise web.HTTPNotFound(reason="No such product")
    receipt = f"{PRODUCT}-{secrets.token_hex(8)}"
    try:
        order_id = await create_order(request.app[GATEWAY], PRICE_MINOR, CURRENCY, receipt)
    except NoOrder as error:
        print(f"✗ no order: {error}")
        raise web.HTTPBadGateway(reason="The order could not be made. Nothing was charged.") from None
    _remember(request.app[ORDERS], order_id)
    return web.json_response({"key": request.app[SETTINGS].api_key, "orderId": order_id}, status=201)


async def verify(request: web.Request) -> web.Response:
    """Whether ``{orderId, paymentId, signature}`` proves that an order of this shop is paid.

    It does if this server created the order, and the signature is the HMAC-SHA256 of ``order_id|payment_id``
    under the webhook secret, in hex. Repeats get the same answer; deliver once per order.
    """
    told = await _read(request, "orderId", "paymentId", "signature")
    order_id, payment_id = told["orderId"], told["paymentId"]
    amount_minor = request.app[ORDERS].get(order_id)
    if amount_minor is None:
        raise web.HTTPNotFound(reason="No such order")
    signed = f"{order_id}|{payment_id}".encode()
    if not is_genuine(signed, told["signature"], request.app[SETTINGS].webhook_secret):
        raise web.HTTPUnauthorized(reason="Invalid signature")
    amount = money(amount_minor, CURRENCY)
    print(f"✓ paid {order_id} {payment_id} {amount}")
    return web.json_response(
        {"verified": True, "orderId": order_id, "paymentId": payment_id, "amount": amount}
    )


async def _read(request: web.Request, *names: str) -> dict[str, str]:
    """The named texts of a JSON object. Raises HTTPException for what is none, or is too large."""
    if request.content_type != "application/json":  # another site's form cannot send this
        raise web.HTTPUnsupportedMediaType(reason="Send application/json")
    async with asyncio.timeout(PAGE_TIMEOUT_S):
        body = await request.clone(client_max_size=MAX_REQUEST_BYTES).read()
    try:
        found = json.loads(body)
        texts = {name: found[name] for name in names}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise web.HTTPBadRequest(reason=f"Send {', '.join(names)}") from None
    if not all(isinstance(text, str) and text.isascii() and text.isprintable() for text in texts.values()):
        raise web.HTTPBadRequest(reason=f"Send {', '.join(names)} as text")
    return texts


def _remember(orders: OrderedDict[str, int], order_id: str) -> None:
    orders[order_id] = PRICE_MINOR
    if len(orders) > MAX_REMEMBERED_ORDERS:
        orders.popitem(last=False)


def _headers(checkout: str) -> dict[str, str]:
    policy = (
        f"default-src 'none'; script-src 'self' {checkout}; frame-src {checkout}; style-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
