"""Runs a process: signals, a stop within bounded time, and the exit code."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeAlias

import uvloop

STOP_GRACE_S = 20.0
# After the grace: cancelled tasks and pool threads get this long, then the process ends whatever they do.
HARD_EXIT_EXTRA_S = 3.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
EXIT_FAILED = 1
# Rows, requests and messages are freed by reference counts. Cycles are rare here, and a search for them every 700
# allocations (2,000 from Python 3.12 on) is a good part of the cost of a payment.
GC_THRESHOLDS = (20_000, 20, 20)

Main: TypeAlias = Callable[[asyncio.Event], Awaitable[None]]

_log = logging.getLogger(__name__)


def run(main: Main, *, grace_s: float = STOP_GRACE_S) -> NoReturn:
    """Run ``main(stopping)`` on uvloop and exit: 0 once it returned, 1 if it raised or overstayed."""
    _tune_garbage_collector()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(run_until_stopped(main, grace_s=grace_s))
        _start_watchdog(HARD_EXIT_EXTRA_S)
    sys.exit(code)


async def run_until_stopped(main: Main, *, grace_s: float = STOP_GRACE_S) -> int:
    """The exit code of ``main(stopping)``, where ``stopping`` is set by SIGTERM or SIGINT.

    After the signal ``main`` has ``grace_s`` to return; then it is cancelled, which makes the code 1. A
    second signal ends the process at once with 128 + its number. If even cancelling does not end the
    process, a watchdog thread does, ``HARD_EXIT_EXTRA_S`` after the grace.
    """
    stopping = asyncio.Event()
    _handle_signals(stopping, grace_s)
    work = asyncio.ensure_future(main(stopping))
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([work, stop], return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await asyncio.wait([work], timeout=grace_s)
        return await _exit_code(work, grace_s)
    finally:
        stop.cancel()
        work.cancel()


async def _exit_code(work: asyncio.Future[None], grace_s: float) -> int:
    if not work.done():
        _log.error("not stopped within %g s: cancelling what still runs", grace_s)
        work.cancel()
        await asyncio.wait([work], timeout=HARD_EXIT_EXTRA_S)
        return EXIT_FAILED
    if work.cancelled():
        _log.critical("the process was cancelled from within")
        return EXIT_FAILED
    if error := work.exception():
        _log.critical("the process failed: %s", error, exc_info=error)
        return EXIT_FAILED
    return 0


def _handle_signals(stopping: asyncio.Event, grace_s: float) -> None:
    def on_signal(number: signal.Signals) -> None:
        if stopping.is_set():
            _exit_now(128 + number)
        _log.info("%s received: stopping within %g s", number.name, grace_s)
        stopping.set()
        _start_watchdog(grace_s + HARD_EXIT_EXTRA_S)

    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, on_signal, number)


def _tune_garbage_collector() -> None:
    """Objects loaded by now live as long as the process, so the collector ignores them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def _start_watchdog(after_s: float) -> None:
    """A thread, because a blocked event loop could not end itself."""
    watchdog = threading.Timer(after_s, _exit_now, [EXIT_FAILED])
    watchdog.daemon = True
    watchdog.start()


def _exit_now(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
