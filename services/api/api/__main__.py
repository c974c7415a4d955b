"""``python -m api``: the HTTP API with its relay and its metrics server, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from api.app import Services, create_app, make_services
from api.settings import ApiSettings
from gateway_core import VERSION
from gateway_core.db.pool import REQUEST, UNAVAILABLE, Pool, create_pool, watch_pool
from gateway_core.db.seed import is_test_merchant_active
from gateway_core.relay import Relay
from gateway_core.runtime.environment import load_settings, refuse_to_start
from gateway_core.runtime.http_server import Check, HealthServer
from gateway_core.runtime.lifecycle import run
from gateway_core.runtime.logs import configure_logging
from gateway_core.runtime.metrics import set_build_info
from gateway_core.runtime.serving import listen, make_public_server
from gateway_core.runtime.supervised import Supervised
from gateway_core.runtime.tracing import configure_tracing
from gateway_core.streams.publisher import Publisher

SERVICE: Final = "api"
# Of the process's grace: so much for requests in flight, the rest for closing what served them.
SERVING_SHARE_OF_GRACE: Final = 0.75
DATABASE_TRIES: Final = 30
DATABASE_TRY_EVERY_S: Final = 1.0

_log = logging.getLogger(SERVICE)


def main() -> None:
    """Read the settings, then serve."""
    settings = load_settings(ApiSettings)
    configure_logging(SERVICE, level=settings.log_level, log_format=settings.log_format)
    set_build_info(SERVICE, VERSION)
    listener = listen(settings.bind_host, settings.port)
    run(partial(_serve, settings, listener), grace_s=settings.shutdown_grace_s)


async def _serve(settings: ApiSettings, listener: socket.socket, stopping: asyncio.Event) -> None:
    async with AsyncExitStack() as stack:
        stack.callback(configure_tracing(SERVICE))
        pool = create_pool(
            settings.database_url, size=settings.db_pool_size, application_name=SERVICE, patience=REQUEST
        )
        await stack.enter_async_context(pool)
        watch_pool(pool)
        if not settings.is_local:
            await _refuse_test_merchant(pool)
        publisher = await stack.enter_async_context(Publisher(settings.redis_url))
        relay = Relay(pool, publisher)
        services = make_services(settings, pool, wake=relay.wake, redis_ping=publisher.is_reachable)
        tasks = await stack.enter_async_context(Supervised(stopping))
        tasks.spawn("relay", relay.run())
        tasks.spawn("key uses", services.authenticator.uses.run())
        tasks.spawn("http server", _http(settings, services, listener, stopping), on_stop="finish")
        checks: dict[str, Check] = {"database": services.health.is_ready, "tasks": tasks.all_running}
        await stack.enter_async_context(HealthServer(settings.metrics_port, checks, host=settings.bind_host))
        await tasks.until_stopped()


async def _http(
    settings: ApiSettings, services: Services, listener: socket.socket, stopping: asyncio.Event
) -> None:
    """Serve until ``stopping`` is set, then finish the requests in flight."""
    stop_timeout_s = settings.shutdown_grace_s * SERVING_SHARE_OF_GRACE
    server = make_public_server(
        create_app(settings, services),
        stop_timeout_s=stop_timeout_s,
        keep_alive_s=settings.keep_alive_s,
        is_local=settings.is_local,
        lifespan="on",
    )
    stop = asyncio.create_task(stopping.wait())
    serving = asyncio.create_task(server.serve([listener]))
    _log.info("listening on %s:%d", *listener.getsockname()[:2])
    try:
        await asyncio.wait([stop, serving], return_when=asyncio.FIRST_COMPLETED)
        services.live.stop()  # streams never end by themselves: the server would wait for them
        server.should_exit = True
        await serving
    finally:
        stop.cancel()
        serving.cancel()


async def _refuse_test_merchant(pool: Pool) -> None:
    """A production API does not start while the published credentials are good for something."""
    for _ in range(DATABASE_TRIES):
        try:
            active = await is_test_merchant_active(pool)
        except UNAVAILABLE as error:
            _log.warning("waiting for the database: %s", type(error).__name__)
            await asyncio.sleep(DATABASE_TRY_EVERY_S)
        else:
            if active:
                refuse_to_start("GATEWAY_ENV=production and the published test merchant is active")
            return
    refuse_to_start("the database did not answer")


if __name__ == "__main__":
    main()
