"""kill -9 of each worker amid payments loses nothing and charges no payer twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gateway_core.testing.answers import respond
from gateway_core.testing.factories import eventually
from tests.e2e.books import AT_WORK, audit, rows
from tests.e2e.load import Load, refundable
from tests.e2e.side_by_side import Scenarios, side_by_side
from tests.e2e.stack import PAYMENTS, REFUNDS, WEBHOOKS, WORKERS, Stack, StackMaker

PAYMENTS_IN_ALL = 200
PER_S = 40
REFUNDABLE = 30
AWAY_S = 1.0
BUSY_WITHIN_S = 60.0
RECEIVER_TAKES_S = 0.05  # so that the dispatcher always has something in its hands
BUSY_WITH = {PAYMENTS: "payments", REFUNDS: "refunds", WEBHOOKS: "deliveries"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kills(fresh: StackMaker) -> AsyncIterator[Scenarios]:
    async with side_by_side({worker: kill_amid_payments(fresh, worker) for worker in WORKERS}) as scenarios:
        yield scenarios


@pytest.mark.parametrize("victim", WORKERS)
async def test_a_killed_worker_loses_nothing(kills: Scenarios, victim: str) -> None:
    await kills[victim]


async def kill_amid_payments(fresh: StackMaker, victim: str) -> None:
    async with fresh() as stack:
        stack.receiver.script(then=respond(200, delay_s=RECEIVER_TAKES_S))
        paid = await refundable(stack.gateway, REFUNDABLE)
        async with Load(stack.gateway, per_s=PER_S, refundable=paid) as load:
            await load.accepted(PAYMENTS_IN_ALL // 3)
            await eventually(lambda: _is_busy(stack, victim), timeout_s=BUSY_WITHIN_S)
            stack.kill(victim)
            await asyncio.sleep(AWAY_S)
            await stack.start(victim)
            await load.accepted(PAYMENTS_IN_ALL)
        assert set(load.answers) == {("order", 201), ("payment", 201), ("refund", 201)}
        await audit(stack, payments=load.payments, refunds=load.refunds)
        assert await rows(stack, "SELECT id FROM payments WHERE status <> 'success'") == []
        assert await rows(stack, "SELECT id FROM refunds WHERE status <> 'processed'") == []
        assert await rows(stack, "SELECT key FROM simulator_charges WHERE submissions > 1") == []


async def _is_busy(stack: Stack, victim: str) -> bool:
    [work] = await rows(stack, AT_WORK)
    return bool(work[BUSY_WITH[victim]])
