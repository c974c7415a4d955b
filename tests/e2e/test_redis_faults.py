"""Redis carries only wake-ups: without it, or without its data, all work is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from gateway_core.testing.databases import flush_redis
from gateway_core.testing.factories import eventually
from tests.e2e.books import at_rest, audit
from tests.e2e.load import Load, refundable
from tests.e2e.side_by_side import Scenarios, side_by_side
from tests.e2e.stack import Stack, StackMaker

PER_S = 40
OUTAGE_S = 10.0  # at least: a machine that is busy makes it longer
PAID_MEANWHILE = 200
FLUSHES = 5
EVENTS = 3
ALL_ACCEPTED = {("order", 201), ("payment", 201), ("refund", 201)}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def faults(fresh: StackMaker) -> AsyncIterator[Scenarios]:
    async with side_by_side({"flush": flush_under_load(fresh), "stop": stop_under_load(fresh)}) as scenarios:
        yield scenarios


async def test_flushing_redis_under_load_loses_nothing(faults: Scenarios) -> None:
    await faults["flush"]


async def test_payments_are_accepted_and_processed_while_redis_is_away(faults: Scenarios) -> None:
    await faults["stop"]


async def flush_under_load(fresh: StackMaker) -> None:
    async with fresh() as stack:
        paid = await refundable(stack.gateway, 20)
        async with Load(stack.gateway, per_s=PER_S, refundable=paid) as load:
            for flushes in range(1, FLUSHES + 1):
                await load.accepted(PER_S * flushes)
                await asyncio.to_thread(flush_redis, stack.redis.url)
            await load.accepted(PER_S * (FLUSHES + 1))
        assert set(load.answers) == ALL_ACCEPTED
        await audit(stack, payments=load.payments, refunds=load.refunds)


async def stop_under_load(fresh: StackMaker) -> None:
    async with fresh() as stack:
        paid = await refundable(stack.gateway, 40)
        await at_rest(stack)
        await asyncio.to_thread(stack.redis.stop)
        paid_alone = await stack.gateway.paid()  # with nothing else to do, nothing else wakes the workers
        await eventually(lambda: _webhooks_of(stack, paid_alone) == EVENTS)
        await asyncio.to_thread(stack.redis.start)
        async with Load(stack.gateway, per_s=PER_S, refundable=paid) as load:
            await load.accepted(PER_S)
            await asyncio.to_thread(stack.redis.stop)
            before = len(load.payments)
            await asyncio.sleep(OUTAGE_S)
            await load.accepted(before + PAID_MEANWHILE)
            health = (await stack.gateway.http.get("/health")).json()
            await asyncio.to_thread(stack.redis.start)
            await load.accepted(len(load.payments) + PER_S)
        assert set(load.answers) == ALL_ACCEPTED, "an answer other than 201 while Redis was away"
        assert (health["status"], health["redis"]) == ("healthy", "disconnected")
        await audit(stack, payments=[*load.payments, paid_alone], refunds=load.refunds)


def _webhooks_of(stack: Stack, payment_id: str) -> int:
    return sum(payment_id.encode() in request.body for request in stack.receiver.received())
