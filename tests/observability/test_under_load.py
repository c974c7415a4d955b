"""A real Prometheus on real processes: every expression has a value, the scaling metric follows a step of load."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry, Gauge

from gateway_core import VERSION
from gateway_core.runtime.http_server import HealthServer
from gateway_core.testing.answers import respond
from gateway_core.testing.factories import eventually
from tests.e2e.gateway import expect
from tests.e2e.load import Load, refundable
from tests.e2e.stack import QUICK, Stack, StackMaker
from tests.observability.expressions import RULES, every_expression, operands
from tests.observability.prometheus import Programs, Prometheus, scraping

pytestmark = pytest.mark.e2e

LOAD_S = 12
STEP_PAYMENTS = 60
RECEIVER_S = 4.0
TARGET_PER_REPLICA = 40
CALM_S = 8
"""Longer than a retry's gap and a reading of the backlog."""
WORK = "max by (queue) (gateway_queue_due_backlog) + sum by (queue) (gateway_worker_in_flight)"
QUEUE = "webhook-delivery"


@dataclass(frozen=True)
class Observed:
    stack: Stack
    prometheus: Prometheus


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def observed(
    fresh: StackMaker, programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Observed]:
    site = HealthServer(0, {}, registry=of_a_site())
    async with fresh(env={**QUICK, "LOG_LEVEL": "INFO"}) as stack, site:
        ports = [*stack.metrics_ports.values(), site.port]
        async with scraping(programs, tmp_path_factory.mktemp("prometheus"), ports, RULES) as prometheus:
            yield Observed(stack, prometheus)


def of_a_site() -> CollectorRegistry:
    """What the checkout says of itself; nothing else of its pages is looked at here, and they take long to build."""
    registry = CollectorRegistry()
    labels = ("component", "version")
    Gauge("gateway_build_info", "As of a site.", labels, registry=registry).labels("checkout", VERSION).set(1)
    return registry


async def test_every_expression_has_an_answer_under_load(observed: Observed) -> None:
    gateway = observed.stack.gateway
    paid = await refundable(gateway, 5)
    for _ in range(3):
        expect(201, await gateway.pay_by_card(await gateway.order()))
    observed.stack.receiver.script(*[500] * 20, then=200)
    async with Load(gateway, per_s=10, refundable=paid):
        await asyncio.sleep(LOAD_S)  # it is load that is wanted, not a state

    async def unanswered() -> dict[str, str]:
        parts = {
            f"{where} [{number}]": part
            for where, expr in every_expression().items()
            for number, part in enumerate(operands(expr))
        }
        return {where: part for where, part in parts.items() if not await observed.prometheus.query(part)}

    async def all_answered() -> bool:
        return not await unanswered()

    try:
        await eventually(all_answered, timeout_s=20, every_s=2)
    except (AssertionError, TimeoutError):
        assert await unanswered() == {}
    firing = await observed.prometheus.query('ALERTS{alertstate="firing", severity="critical"}')
    assert [each["metric"]["alertname"] for each in firing] == []


async def test_the_scaling_metric_rises_and_falls_with_the_queue(observed: Observed) -> None:
    gateway, receiver = observed.stack.gateway, observed.stack.receiver
    began_s = time.time()
    await eventually(lambda: _calm(observed.prometheus, began_s), timeout_s=60, every_s=1)
    receiver.script(then=respond(delay_s=RECEIVER_S))
    for _ in range(STEP_PAYMENTS):
        await gateway.new_payment()
    await eventually(lambda: _risen(observed.prometheus, began_s), timeout_s=30, every_s=1)
    values = await eventually(lambda: _calm(observed.prometheus, began_s), timeout_s=90, every_s=1)
    peak = values.index(max(values))
    assert values[peak] >= STEP_PAYMENTS
    assert values[-1] == 0
    assert max(values[peak + 10 :], default=0) <= values[peak]
    replicas = [max(1, math.ceil(value / TARGET_PER_REPLICA)) for value in values]
    assert max(replicas) > 1
    assert replicas[-1] == 1
    recorded = (await observed.prometheus.history("queue:gateway_queue_work:sum", since_s=began_s))[QUEUE]
    assert max(recorded) >= STEP_PAYMENTS


async def _risen(prometheus: Prometheus, since_s: float) -> bool:
    return max((await prometheus.history(WORK, since_s=since_s)).get(QUEUE, [0])) >= STEP_PAYMENTS


async def _calm(prometheus: Prometheus, since_s: float) -> list[float]:
    """The history of the queue's work once it has been 0 for ``CALM_S``, empty before."""
    values = (await prometheus.history(WORK, since_s=since_s)).get(QUEUE, [])
    return values if len(values) >= CALM_S and not any(values[-CALM_S:]) else []
