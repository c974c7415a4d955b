"""A restart of PostgreSQL under load: the API refuses some requests and loses no accepted one."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from devstack.servers import Server
from tests.e2e.books import audit
from tests.e2e.load import Load, refundable
from tests.e2e.side_by_side import Scenarios, side_by_side
from tests.e2e.stack import StackMaker

PER_S = 40
AWAY_S = 1.0
STOP_TIMEOUT_S = 20.0


def stop_fast(postgres: Server) -> None:
    """Sessions are cut, a checkpoint is written."""
    postgres.stop()


def stop_immediately(postgres: Server) -> None:
    """As a crash: the start goes through recovery."""
    postgres.process.send_signal(signal.SIGQUIT)
    postgres.process.wait(STOP_TIMEOUT_S)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def restarts(fresh: StackMaker) -> AsyncIterator[Scenarios]:
    scenarios = {stop.__name__: restart_under_load(fresh, stop) for stop in (stop_fast, stop_immediately)}
    async with side_by_side(scenarios) as running:
        yield running


@pytest.mark.parametrize("stop", ["stop_fast", "stop_immediately"])
async def test_what_was_accepted_survives_a_restart_of_postgres(restarts: Scenarios, stop: str) -> None:
    await restarts[stop]


async def restart_under_load(fresh: StackMaker, stop: Callable[[Server], None]) -> None:
    async with fresh(own_postgres=True) as stack:
        assert stack.own_postgres is not None
        paid = await refundable(stack.gateway, 20)
        async with Load(stack.gateway, per_s=PER_S, refundable=paid) as load:
            await load.accepted(2 * PER_S)
            await asyncio.to_thread(stop, stack.own_postgres)
            await asyncio.sleep(AWAY_S)
            await asyncio.to_thread(stack.own_postgres.start)
            await load.accepted(len(load.payments) + 2 * PER_S)
        assert set(load.answers) <= {(asked, status) for asked, _ in load.answers for status in (201, 503)}
        await audit(stack, payments=load.payments, refunds=load.refunds)
