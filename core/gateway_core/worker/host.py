"""A worker process: its connections, relay, due loops, subscriptions, heartbeats, metrics and graceful stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from gateway_core import VERSION
from gateway_core.db.pool import UNAVAILABLE, Pool, create_pool, transaction, watch_pool
from gateway_core.db.queries.clock import transaction_time
from gateway_core.relay import Relay, observe_lag
from gateway_core.runtime.http_server import Check, HealthServer
from gateway_core.runtime.lifecycle import run
from gateway_core.runtime.logs import configure_logging
from gateway_core.runtime.metrics import set_build_info
from gateway_core.runtime.settings import CoreSettings
from gateway_core.runtime.supervised import Supervised
from gateway_core.runtime.tracing import Step, configure_tracing, steps
from gateway_core.streams.broker import Publisher, StreamClient, open_client
from gateway_core.streams.messages import Hint
from gateway_core.streams.names import Stream, consumer_name
from gateway_core.streams.subscribe import Subscription
from gateway_core.worker.due_loop import DueLoop, Stopped
from gateway_core.worker.heartbeat import beat_for_ever
from gateway_core.worker.invariants import watch_invariants
from gateway_core.worker.observe import observe
from gateway_core.worker.purge import purge_for_ever

NICENESS = 5
"""On a machine that is shared with the API, a caller who waits for an answer comes before a queue that can wait."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a queue's worker is built from."""

    pool: Pool
    relay: Relay


@dataclass(frozen=True, slots=True)
class QueueWorker:
    """One queue and the loop that works it off."""

    queue: Stream
    loop: DueLoop[Any]


Build = Callable[[Resources, AsyncExitStack], Sequence[QueueWorker]]
"""Makes the workers of a process; what must be closed after them goes on the exit stack."""


def run_worker(service: str, settings: CoreSettings, build: Build) -> NoReturn:
    """Run the workers that ``build`` makes until SIGTERM or SIGINT, then exit (0 after a clean stop)."""
    os.nice(NICENESS)
    configure_logging(service, level=settings.log_level, log_format=settings.log_format)
    set_build_info(service, VERSION)

    async def main(stopping: asyncio.Event) -> None:
        await _serve(service, settings, build, stopping)

    run(main, grace_s=settings.shutdown_grace_s)


async def _serve(service: str, settings: CoreSettings, build: Build, stopping: asyncio.Event) -> None:
    async with AsyncExitStack() as stack:
        stack.callback(configure_tracing(service))
        pool = create_pool(settings.database_url, size=settings.db_pool_size, application_name=service)
        await stack.enter_async_context(pool)
        watch_pool(pool)
        client = open_client(settings.redis_url)
        stack.push_async_callback(client.aclose)
        relay = Relay(pool, Publisher(client))
        workers = build(Resources(pool, relay), stack)
        tasks = await stack.enter_async_context(Supervised(stopping))
        tasks.spawn("relay", relay.run())
        tasks.spawn("relay observer", observe_lag(pool))
        tasks.spawn("invariants", watch_invariants(settings.database_url, consumer_name()))
        tasks.spawn("idempotency purge", purge_for_ever(pool))
        for worker in workers:
            _spawn_worker(worker, settings.redis_url, pool, client, tasks, stopping)
        checks = _readiness(pool, tasks)
        await stack.enter_async_context(HealthServer(settings.metrics_port, checks, host=settings.bind_host))
        await tasks.until_stopped()


def _spawn_worker(
    worker: QueueWorker,
    redis_url: str,
    pool: Pool,
    client: StreamClient,
    tasks: Supervised,
    stopping: asyncio.Event,
) -> None:
    """One queue at work. A stop ends the reading and the claiming at once; what is in flight is finished."""
    tasks.spawn(f"{worker.queue} loop", worker.loop.run(stopping), on_stop="finish")
    tasks.spawn(f"{worker.queue} subscription", _listen(worker, redis_url, stopping), on_stop="finish")
    tasks.spawn(f"{worker.queue} heartbeat", beat_for_ever(pool, consumer_name(), worker.loop))
    tasks.spawn(f"{worker.queue} observer", observe(pool, client, worker.queue))


async def _listen(worker: QueueWorker, redis_url: str, stopping: asyncio.Event) -> None:
    """Nudge the loop with what is on the stream, until the stop.

    A subscription that nothing heals ends the process: a worker that hears nothing is no worker.
    """

    async def nudge(hints: Sequence[Hint]) -> None:
        # At the stop, or with the database away, the hints are spent: what they speak of is due all the same.
        with suppress(Stopped, *UNAVAILABLE), steps(f"{worker.queue} receive", hints, _step, kind="CONSUMER"):
            await worker.loop.nudge()

    died: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    subscription = Subscription(redis_url, worker.queue, nudge, on_fatal=died.set_exception)
    stop: asyncio.Future[Any] = asyncio.create_task(stopping.wait())
    try:
        await subscription.start()
        await asyncio.wait({died, stop}, return_when=asyncio.FIRST_COMPLETED)
        if died.done():
            died.result()
    finally:
        stop.cancel()
        await subscription.stop()


def _step(hint: Hint) -> Step:
    return Step(hint.trace, {"gateway.event": hint.kind, "gateway.subject_id": hint.id})


def _readiness(pool: Pool, tasks: Supervised) -> dict[str, Check]:
    async def database() -> bool:
        async with transaction(pool) as conn:
            await transaction_time(conn)
        return True

    return {"database": database, "tasks": tasks.all_running}
