"""Each of the three HTTP servers that clients reach, on a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from api.app import create_app, make_services
from api.settings import ApiSettings
from gateway_core.db.pool import create_pool
from gateway_core.runtime.serving import Server, listen, make_public_server
from gateway_core.testing.factories import eventually
from web_server import checkout, dashboard
from web_server.origins import AllowedOrigins
from web_server.proxy import ApiProxy
from web_server.settings import WebSettings

PAGE = (
    '<!doctype html><html lang="en"><head><meta name="api-base" content="" /></head><body>React</body></html>'
)

# Of responses that the system holds for a client that does not read: little, so that tests fill it soon.
BUFFER_BYTES = 4096


@dataclass(frozen=True)
class Site:
    """A server; ``port`` is on loopback."""

    name: str
    server: Server
    port: int


def _build(folder: Path) -> WebSettings:
    files = {"index.html": PAGE, "checkout.js": "x", "assets/en-1.json": "{}", "assets/hi-1.json": "{}"}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return WebSettings(
        gateway_env="local",
        checkout_dist=folder,
        dashboard_dist=folder,
        sdk_dist=folder,
        api_url="http://api",
    )


def _answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"path": request.url.raw_path.decode()})


def _api() -> ASGIApp:
    settings = ApiSettings(
        gateway_env="local", database_url="postgresql://127.0.0.1:1/none", redis_url="redis://127.0.0.1:1"
    )
    pool = create_pool(settings.database_url, size=1, application_name="test")

    async def no_ping() -> bool:
        return False

    return create_app(settings, make_services(settings, pool, wake=lambda: None, redis_ping=no_ping))


@pytest.fixture(params=["api", "checkout", "dashboard"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """The API without its database; the pages with an API that repeats the path of each request."""
    async with AsyncExitStack() as stack:
        transport = httpx.MockTransport(_answer)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://api")
        )
        app: ASGIApp
        match request.param:
            case "api":
                app = _api()
            case "checkout":
                app = checkout.make_app(_build(tmp_path), AllowedOrigins(client, lambda: 0.0))
            case _:
                app = dashboard.make_app(_build(tmp_path), ApiProxy(transport, "http://api", asyncio.Event()))
        server = make_public_server(app, stop_timeout_s=5, keep_alive_s=75, is_local=False)
        listener = listen("127.0.0.1", 0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        serving = asyncio.create_task(server.serve([listener]))
        await eventually(lambda: server.started)
        yield Site(request.param, server, server.servers[0].sockets[0].getsockname()[1])
        server.should_exit = True
        await serving
