"""``python -m web_server checkout|dashboard``: that site on PORT (3001, 3000), until SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette

from gateway_core import VERSION
from gateway_core.runtime.environment import load_settings, refuse_to_start
from gateway_core.runtime.http_metrics import HttpMetrics
from gateway_core.runtime.http_server import HealthServer
from gateway_core.runtime.lifecycle import run
from gateway_core.runtime.logs import configure_logging
from gateway_core.runtime.metrics import set_build_info
from gateway_core.runtime.serving import listen
from web_server import checkout, dashboard, proxy
from web_server.files import NotBuilt
from web_server.origins import TIMEOUT_S, AllowedOrigins
from web_server.serving import serve
from web_server.settings import WebSettings

MAX_CHECKOUT_CONNECTIONS = 20

_log = logging.getLogger(__name__)

Make = Callable[[WebSettings, asyncio.Event], AbstractAsyncContextManager[Starlette]]


@dataclass(frozen=True)
class Site:
    """``make`` gives the application while its connections to the API are open."""

    make: Make
    default_port: int


@contextlib.asynccontextmanager
async def _checkout(settings: WebSettings, _stopping: asyncio.Event) -> AsyncIterator[Starlette]:
    async with httpx.AsyncClient(
        base_url=settings.api_url or "",
        timeout=TIMEOUT_S,
        trust_env=False,
        limits=httpx.Limits(max_connections=MAX_CHECKOUT_CONNECTIONS),
    ) as client:
        yield checkout.make_app(settings, AllowedOrigins(client, time.monotonic))


@contextlib.asynccontextmanager
async def _dashboard(settings: WebSettings, stopping: asyncio.Event) -> AsyncIterator[Starlette]:
    limits = httpx.Limits(max_connections=proxy.MAX_CONNECTIONS, keepalive_expiry=proxy.KEEP_ALIVE_S)
    async with httpx.AsyncHTTPTransport(trust_env=False, limits=limits) as transport:
        yield dashboard.make_app(settings, proxy.ApiProxy(transport, settings.api_url or "", stopping))


SITES: Mapping[str, Site] = {"checkout": Site(_checkout, 3001), "dashboard": Site(_dashboard, 3000)}


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in SITES:
        refuse_to_start(f"usage: python -m web_server {'|'.join(SITES)}", exit_code=2)
    name = sys.argv[1]
    settings = load_settings(WebSettings)
    configure_logging(name, level=settings.log_level, log_format=settings.log_format)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it has a line for every request
    set_build_info(name, VERSION)
    run(lambda stopping: _serve(name, settings, stopping), grace_s=settings.shutdown_grace_s)


async def _serve(name: str, settings: WebSettings, stopping: asyncio.Event) -> None:
    site = SITES[name]
    port = site.default_port if settings.port is None else settings.port
    try:
        async with site.make(settings, stopping) as app:
            app.add_middleware(HttpMetrics)
            listener = listen(settings.bind_host, port)
            async with HealthServer(settings.metrics_port, {}, host=settings.bind_host):
                _log.info("%s on port %d", name, listener.getsockname()[1])
                await serve(app, listener, stopping, settings)
    except NotBuilt as error:
        refuse_to_start(str(error))


main()
