"""A probe answers within its deadline, asks once for all, and remembers for a while."""

from __future__ import annotations

import asyncio

from api.health.probe import Probe
from gateway_core.testing.factories import DEADLINE_S


class Dependency:
    """Answers ``up``; hangs or fails when told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.up = True
        self.free = asyncio.Event()
        self.free.set()
        self.error: Exception | None = None

    async def ask(self) -> bool:
        self.asked += 1
        await self.free.wait()
        if self.error is not None:
            raise self.error
        return self.up


def make(dependency: Dependency, *, fresh_s: float = 60.0, deadline_s: float = 0.05) -> Probe[bool]:
    return Probe(dependency.ask, otherwise=False, fresh_s=fresh_s, deadline_s=deadline_s)


async def test_an_answer_is_remembered_while_it_is_fresh() -> None:
    dependency = Dependency()
    probe = make(dependency)
    assert [await probe() for _ in range(3)] == [True] * 3
    assert dependency.asked == 1


async def test_a_stale_answer_is_asked_for_again() -> None:
    dependency = Dependency()
    probe = make(dependency, fresh_s=0.0)
    assert await probe() is True
    dependency.up = False
    assert await probe() is False


async def test_callers_share_one_question() -> None:
    dependency = Dependency()
    dependency.free.clear()
    probe = make(dependency, deadline_s=5.0)
    callers = [asyncio.create_task(probe()) for _ in range(10)]
    await asyncio.sleep(0)
    callers[0].cancel()
    await asyncio.sleep(0)
    dependency.free.set()
    assert await asyncio.gather(*callers[1:]) == [True] * 9
    assert dependency.asked == 1


async def test_a_dependency_that_hangs_is_not_well_and_holds_nobody_up() -> None:
    dependency = Dependency()
    dependency.free.clear()
    probe = make(dependency)
    began_s = asyncio.get_running_loop().time()
    assert await probe() is False
    assert asyncio.get_running_loop().time() - began_s < 2.0


async def test_a_question_that_does_not_end_when_it_is_given_up_holds_nobody_up_either() -> None:
    """A driver first tells its server, which does not listen, that the answer is not wanted any more."""
    ended = asyncio.Event()

    async def ask() -> bool:
        try:
            await asyncio.Event().wait()
        finally:
            await ended.wait()
        return True

    probe = Probe(ask, otherwise=False, fresh_s=0.0, deadline_s=0.05)
    async with asyncio.timeout(DEADLINE_S):
        assert [await probe(), await probe()] == [False, False]
        await probe.aclose()
    ended.set()


async def test_a_dependency_that_fails_is_not_well() -> None:
    dependency = Dependency()
    dependency.error = ConnectionResetError()
    assert await make(dependency)() is False


async def test_closing_ends_a_question_that_hangs() -> None:
    dependency = Dependency()
    dependency.free.clear()
    probe = make(dependency, deadline_s=60.0)
    caller = asyncio.create_task(probe())
    await asyncio.sleep(0)
    async with asyncio.timeout(DEADLINE_S):
        await probe.aclose()
    caller.cancel()
