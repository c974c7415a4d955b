"""The receiver: ``POST /webhook``, ``GET /`` and ``GET /webhooks``; beside it the shop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from merchant.delivery import Delivery, read_delivery
from merchant.log import MAX_KEPT, DeliveryLog
from merchant.page import SECURITY_HEADERS, render
from merchant.settings import Settings
from merchant.shop import add_shop
from merchant.shop_settings import ShopSettings
from merchant.signature import is_genuine

MAX_BODY_BYTES = 256 * 1024
READ_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 5.0
SHOWN_ON_PAGE = 100

SECRET = web.AppKey("SECRET", str)
LOG = web.AppKey("LOG", DeliveryLog)


async def receive(request: web.Request) -> web.Response:
    """Verify the raw bytes first; only what is genuine is parsed, stored and answered with 200."""
    async with asyncio.timeout(READ_TIMEOUT_S):
        body = await request.read()
    if not is_genuine(body, request.headers.get("X-Webhook-Signature", ""), request.app[SECRET]):
        print(f"✗ invalid signature on {len(body)} bytes from {request.remote}")
        return web.json_response({"error": "Invalid signature"}, status=401)
    try:
        delivery = read_delivery(body, request.headers.get("webhook-id", ""), datetime.now(UTC))
    except ValueError:
        return web.json_response({"error": "Not an event"}, status=400)
    await _store(request.app[LOG], delivery)
    return web.json_response({"received": True})


async def _store(log: DeliveryLog, delivery: Delivery) -> None:
    # The gateway delivers at least once: act on an id only the first time it is seen.
    is_new = await log.add(delivery)
    print(f"{'✓ verified' if is_new else '= again'} {delivery.line()}")


async def show_page(request: web.Request) -> web.Response:
    """What arrived, for people."""
    page = render(request.app[LOG].newest(SHOWN_ON_PAGE))
    return web.Response(text=page, content_type="text/html", headers=SECURITY_HEADERS)


async def show_json(request: web.Request) -> web.Response:
    """What arrived, newest first."""
    newest = request.app[LOG].newest(MAX_KEPT)
    return web.json_response([delivery.json() for delivery in newest], headers=SECURITY_HEADERS)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors of the server itself (unknown path, body too large, too slow) in the shape of ours."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.json_response({"error": error.reason}, status=error.status)
    except TimeoutError:
        return web.json_response({"error": "Request Timeout"}, status=408)


def make_app(secret: str, log: DeliveryLog) -> web.Application:
    """The receiver of webhooks signed with ``secret``; what arrives goes into ``log``."""
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[errors_as_json])
    app[SECRET] = secret
    app[LOG] = log
    app.add_routes([web.post("/webhook", receive), web.get("/", show_page), web.get("/webhooks", show_json)])
    return app


def serve(settings: Settings, shop: ShopSettings, log: DeliveryLog) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is being received. Raises OSError for a taken port."""
    print(f"listening on http://{settings.host}:{settings.port}/webhook, logging to {settings.log_path}")
    print(f"shop at http://localhost:{settings.port}/shop")
    app = make_app(settings.secret, log)
    add_shop(app, shop)
    web.run_app(
        app,
        host=settings.host,
        port=settings.port,
        access_log=None,
        print=None,
        shutdown_timeout=STOP_TIMEOUT_S,
    )
