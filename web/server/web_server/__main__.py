"""``python -m web_server checkout``: the checkout on PORT (3001), until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import sys
import time

import httpx

from gateway_core.runtime.environment import load_settings, refuse_to_start
from gateway_core.runtime.http_server import HealthServer
from gateway_core.runtime.lifecycle import run
from gateway_core.runtime.logs import configure_logging
from web_server.checkout import make_app
from web_server.files import NotBuilt
from web_server.origins import TIMEOUT_S, AllowedOrigins
from web_server.serving import listen, serve
from web_server.settings import WebSettings

MAX_API_CONNECTIONS = 20
SITES = ("checkout",)

_log = logging.getLogger(__name__)


def main() -> None:
    if sys.argv[1:] not in [[site] for site in SITES]:
        refuse_to_start(f"usage: python -m web_server {'|'.join(SITES)}", exit_code=2)
    settings = load_settings(WebSettings)
    configure_logging("checkout", level=settings.log_level, log_format=settings.log_format)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it has a line for every request
    run(lambda stopping: _serve(settings, stopping), grace_s=settings.shutdown_grace_s)


async def _serve(settings: WebSettings, stopping: asyncio.Event) -> None:
    async with httpx.AsyncClient(
        base_url=settings.api_url or "",
        timeout=TIMEOUT_S,
        trust_env=False,
        limits=httpx.Limits(max_connections=MAX_API_CONNECTIONS),
    ) as client:
        try:
            app = make_app(settings, AllowedOrigins(client, time.monotonic))
        except NotBuilt as error:
            refuse_to_start(str(error))
        listener = listen(settings.bind_host, settings.port)
        async with HealthServer(settings.metrics_port, {}, host=settings.bind_host):
            _log.info("checkout on port %d", listener.getsockname()[1])
            await serve(app, listener, stopping, settings.shutdown_grace_s)


main()
