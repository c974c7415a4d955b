"""Small generic pieces: a free port, a clock that stands still, and waiting for a condition."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, overload

from devstack.ports import free_port

__all__ = ["DEADLINE_S", "FakeClock", "eventually", "free_port"]

DEADLINE_S = 30.0
"""For what must happen but not by when: no machine may be too slow for a test whose subject is something else."""
EVENTUALLY_EVERY_S = 0.02

Outcome = TypeVar("Outcome")


@overload
async def eventually(
    check: Callable[[], Awaitable[Outcome]], *, timeout_s: float = ..., every_s: float = ...
) -> Outcome: ...


@overload
async def eventually(
    check: Callable[[], Outcome], *, timeout_s: float = ..., every_s: float = ...
) -> Outcome: ...


async def eventually(
    check: Callable[[], Awaitable[Outcome] | Outcome],
    *,
    timeout_s: float = DEADLINE_S,
    every_s: float = EVENTUALLY_EVERY_S,
) -> Outcome:
    """Call ``check`` until it answers something true, and return that.

    An ``AssertionError`` in ``check`` counts as "not yet". Raises AssertionError after ``timeout_s`` with the
    check's name, how often it ran and its last answer or failure. Other exceptions pass through at once.
    """
    deadline, calls, last = time.monotonic() + timeout_s, 0, ""
    while calls == 0 or time.monotonic() < deadline:
        calls += 1
        try:
            answer = check()
            outcome = await answer if inspect.isawaitable(answer) else answer
            if outcome:
                return outcome
            last = f"the last answer was {outcome!r}"
        except AssertionError as failure:
            last = f"the last failure was: {failure}"
        await asyncio.sleep(every_s)
    name = getattr(check, "__qualname__", repr(check))
    raise AssertionError(f"{name} was not true within {timeout_s:g} s ({calls} calls); {last}")


class FakeClock:
    """Time that moves only when told to. Call it for the wall clock; ``monotonic_s`` moves with it."""

    def __init__(self, start: datetime = datetime(2030, 1, 1, tzinfo=UTC)) -> None:
        self._now = start
        self.monotonic_s = 0.0

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by_s: float) -> None:
        self._now += timedelta(seconds=by_s)
        self.monotonic_s += by_s
