"""A worker process: its connections, relay, due loops, listener, heartbeat, housekeeping, metrics and graceful stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from gateway_core import VERSION
from gateway_core.db.pool import Pool, accepts_writes, create_pool, watch_pool
from gateway_core.relay import Relay
from gateway_core.runtime.http_server import Check, HealthServer
from gateway_core.runtime.lifecycle import run
from gateway_core.runtime.logs import configure_logging
from gateway_core.runtime.metrics import set_build_info
from gateway_core.runtime.settings import CoreSettings
from gateway_core.runtime.supervised import Supervised
from gateway_core.runtime.tracing import Step, configure_tracing, steps
from gateway_core.streams.listener import Listener
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream, process_name
from gateway_core.streams.publisher import Publisher
from gateway_core.worker.due_loop import DueLoop
from gateway_core.worker.heartbeat import Heartbeat
from gateway_core.worker.housekeeping import chores, keep_house
from gateway_core.worker.invariants import watch_invariants

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
        relay = Relay(pool, await stack.enter_async_context(Publisher(settings.redis_url)))
        workers = build(Resources(pool, relay), stack)
        listener = Listener(settings.redis_url, {worker.queue: partial(_wake, worker) for worker in workers})
        heartbeat = Heartbeat(pool, process_name(), [worker.loop for worker in workers])
        tasks = await stack.enter_async_context(Supervised(stopping))
        tasks.spawn("relay", relay.run())
        tasks.spawn("listener", listener.run())
        tasks.spawn("heartbeat", heartbeat.run())
        tasks.spawn("invariants", watch_invariants(settings.database_url, heartbeat.leads))
        for chore in chores(pool, relay.wake):
            tasks.spawn(chore.name, keep_house(chore, heartbeat.leads))
        for worker in workers:
            # A stop ends the claiming at once; what is in flight is finished.
            tasks.spawn(f"{worker.queue} loop", worker.loop.run(stopping), on_stop="finish")
        checks: dict[str, Check] = {
            "database": partial(accepts_writes, pool),
            "streams": listener.is_listening,
            "tasks": tasks.all_running,
        }
        await stack.enter_async_context(HealthServer(settings.metrics_port, checks, host=settings.bind_host))
        await tasks.until_stopped()


def _wake(worker: QueueWorker, message: WakeUp) -> None:
    with steps(f"{worker.queue} receive", message.events, _step, kind="CONSUMER"):
        worker.loop.wake()


def _step(event: EventRef) -> Step:
    return Step(event.traceparent, {"gateway.event": event.type, "gateway.subject_id": event.subject_id})
