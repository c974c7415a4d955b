"""Asking a dependency how it is, without being held up by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

State = TypeVar("State")


class Probe(Generic[State]):
    """The answer of ``ask``, at most ``fresh_s`` old; ``otherwise`` when it takes longer than ``deadline_s``.

    Callers that come while it is being asked share the one question.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[State]], *, otherwise: State, fresh_s: float, deadline_s: float
    ) -> None:
        self._ask = ask
        self._otherwise = otherwise
        self._fresh_s = fresh_s
        self._deadline_s = deadline_s
        self._known = otherwise
        self._known_until_s = float("-inf")
        self._asking: asyncio.Task[State] | None = None

    async def __call__(self) -> State:
        """What is known, asked again if it is too old. Never raises what ``ask`` raises."""
        if asyncio.get_running_loop().time() < self._known_until_s:
            return self._known
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._find_out(), name="probe")
        # A caller that goes away must not take the others' answer with it, nor wait for a question that was
        # given up and does not end.
        answered, _ = await asyncio.wait([self._asking], timeout=self._deadline_s)
        return self._known if answered else self._otherwise

    async def aclose(self) -> None:
        """Stop asking; what does not stop within the deadline is left behind."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking], timeout=self._deadline_s)

    async def _find_out(self) -> State:
        try:
            async with asyncio.timeout(self._deadline_s):
                self._known = await self._ask()
        except Exception:  # noqa: BLE001 -- whatever is wrong with it, it is not well
            self._known = self._otherwise
        self._known_until_s = asyncio.get_running_loop().time() + self._fresh_s
        return self._known
