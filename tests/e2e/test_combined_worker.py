"""One process for all three queues, or for the one that QUEUE_TYPE names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest_asyncio

from tests.e2e.books import audit, rows
from tests.e2e.gateway import expect
from tests.e2e.side_by_side import Scenarios, side_by_side
from tests.e2e.stack import QUICK, StackMaker

ALL = "worker"
ONLY_PAYMENTS, ONLY_REFUNDS, ONLY_WEBHOOKS = (
    f"worker:QUEUE_TYPE={queue}" for queue in ("payments", "refunds", "webhooks")
)
DELAY_MIN_S, DELAY_MAX_S = 5.0, 10.0
DELAY = "SELECT extract(epoch FROM final_at - created_at)::float8 AS s FROM simulator_charges WHERE key = %s"
QUEUES = "SELECT DISTINCT queue FROM worker_heartbeats"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workers(fresh: StackMaker) -> AsyncIterator[Scenarios]:
    async with side_by_side({"all": one_for_all(fresh), "each": one_for_each(fresh)}) as scenarios:
        yield scenarios


async def test_one_worker_serves_all_queues_at_the_banks_own_pace(workers: Scenarios) -> None:
    await workers["all"]


async def test_queue_type_limits_a_worker_to_its_queue(workers: Scenarios) -> None:
    await workers["each"]


async def one_for_all(fresh: StackMaker) -> None:
    async with fresh(env={}, workers=[ALL]) as stack:
        made = expect(201, await stack.gateway.pay(await stack.gateway.order(), vpa="success@paytm"))
        payment = await stack.gateway.final_payment(made["id"])
        assert payment["status"] == "success"
        took_s = (_at(payment["updated_at"]) - _at(payment["created_at"])).total_seconds()
        [delay] = await rows(stack, DELAY, made["id"])  # what it took in all is up to the machine
        assert DELAY_MIN_S <= delay["s"] <= DELAY_MAX_S
        assert took_s >= DELAY_MIN_S
        refund = expect(201, await stack.gateway.refund(made["id"], 100))
        assert (await stack.gateway.final_refund(refund["id"]))["status"] == "processed"
        await audit(stack, payments=[made["id"]], refunds=[refund["id"]])
        assert len(await rows(stack, QUEUES)) == 3
        await stack.stop(ALL)


async def one_for_each(fresh: StackMaker) -> None:
    async with fresh(env=QUICK, workers=[ONLY_PAYMENTS]) as stack:
        payment_id = await stack.gateway.paid()
        refund = expect(201, await stack.gateway.refund(payment_id, 100))
        assert await rows(stack, QUEUES) == [{"queue": "payment-processing"}]
        await stack.start(ONLY_WEBHOOKS)
        await stack.receiver.wait_for(4)
        assert (await stack.gateway.get(f"/refunds/{refund['id']}"))["status"] == "pending"
        await stack.start(ONLY_REFUNDS)
        assert (await stack.gateway.final_refund(refund["id"]))["status"] == "processed"
        await audit(stack, payments=[payment_id], refunds=[refund["id"]])
        assert len(await rows(stack, QUEUES)) == 3


def _at(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp)
