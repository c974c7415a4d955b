"""One trace id from ``POST /payments`` to the webhook's attempt, over real processes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gateway_core.testing.factories import eventually
from tests.e2e.gateway import API_KEY, API_SECRET, CARD, WEBHOOK_SECRET, expect
from tests.e2e.stack import QUICK, Stack, StackMaker
from tests.observability.collector import Collector, Span, collecting

pytestmark = pytest.mark.e2e

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE_ID}-{CALLER}-01"
VPA = "canary.payer@bank"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def traced(fresh: StackMaker) -> AsyncIterator[tuple[Stack, Collector]]:
    async with collecting() as collector:
        env = {**QUICK, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        async with fresh(env=env) as stack:
            yield stack, collector


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def trace(traced: tuple[Stack, Collector]) -> tuple[str, list[Span]]:
    """The payment's id and its trace: the first attempt at each webhook is refused, the second accepted."""
    stack, collector = traced
    stack.receiver.script(500, 500, 500, then=200)
    order_id = await stack.gateway.order()
    body = {"order_id": order_id, "method": "upi", "vpa": VPA}
    response = await stack.gateway.http.post(
        "/api/v1/payments", json=body, headers={"traceparent": TRACEPARENT}
    )
    payment_id = str(expect(201, response)["id"])
    await stack.gateway.final_payment(payment_id)

    def complete() -> bool:
        attempts = [span for span in collector.of(TRACE_ID) if span.name == "webhook attempt"]
        return sum(span.attributes.get("http.response.status_code") == "200" for span in attempts) == 3

    await eventually(complete, timeout_s=30)
    return payment_id, collector.of(TRACE_ID)


def named(spans: list[Span], name: str) -> list[Span]:
    return [span for span in spans if span.name == name]


async def test_every_service_takes_part_in_the_one_trace(trace: tuple[str, list[Span]]) -> None:
    payment_id, spans = trace
    assert {(span.service, span.name) for span in spans if span.name != "publish"} == {
        ("api", "POST /api/v1/payments"),
        ("payment_processor", "payment-processing receive"),
        ("payment_processor", "acquirer submit"),
        ("payment_processor", "acquirer query_status"),
        ("payment_processor", "payment record"),
        ("webhook_dispatcher", "webhook-delivery receive"),
        ("webhook_dispatcher", "webhook attempt"),
    }
    assert {span.attributes["gateway.event"] for span in named(spans, "publish")} == {
        "payment.created",
        "payment.pending",
        "payment.success",
    }
    (server,) = named(spans, "POST /api/v1/payments")
    assert server.parent_id == CALLER
    assert server.attributes["http.response.status_code"] == "201"
    assert {span.parent_id for span in spans if span is not server} == {server.span_id}
    for span in named(spans, "acquirer submit") + named(spans, "payment record"):
        assert span.attributes["gateway.payment_id"] == payment_id


async def test_what_is_repeated_is_linked_to_what_it_repeats(trace: tuple[str, list[Span]]) -> None:
    _, spans = trace
    attempts = named(spans, "webhook attempt")
    by_id = {span.span_id: span for span in attempts}
    repeated = [span for span in attempts if span.attributes["gateway.attempt"] == "2"]
    assert len(repeated) == 3
    for span in repeated:
        (link,) = span.links
        before = by_id[link[1]]
        assert before.attributes["gateway.delivery_id"] == span.attributes["gateway.delivery_id"]
        assert before.attributes["gateway.attempt"] == "1"
        assert before.attributes["http.response.status_code"] == "500"
    (submit,) = named(spans, "acquirer submit")
    assert (TRACE_ID, submit.span_id) in named(spans, "acquirer query_status")[0].links


async def test_a_batch_is_a_span_of_its_own_that_links_to_its_rows(
    traced: tuple[Stack, Collector], trace: tuple[str, list[Span]]
) -> None:
    _, collector = traced
    (submit,) = named(trace[1], "acquirer submit")
    batches = [span for span in collector.spans if span.name == "acquirer submit batch"]
    (mine,) = [span for span in batches if TRACE_ID in {trace_id for trace_id, _ in span.links}]
    assert (mine.trace_id, mine.span_id) in submit.links


async def test_log_lines_carry_the_trace_and_the_payment(
    traced: tuple[Stack, Collector], trace: tuple[str, list[Span]]
) -> None:
    stack, _ = traced
    lines = [
        json.loads(line)
        for process in stack.started
        for line in process.output.splitlines()
        if line[:1] == "{"
    ]
    about = [line for line in lines if line.get("payment_id") == trace[0]]
    assert {line["service"] for line in about} >= {"payment_processor", "webhook_dispatcher"}
    assert {line.get("trace_id") for line in about} == {TRACE_ID}


async def test_no_span_tells_a_secret_or_an_instrument(traced: tuple[Stack, Collector]) -> None:
    stack, collector = traced
    order_id = await stack.gateway.order()
    number = CARD["number"].replace(" ", "")
    before = len(collector.spans)
    expect(201, await stack.gateway.pay_by_card(order_id))
    await stack.gateway.pay_by_card(order_id, number="4111111111111112")
    await eventually(lambda: len(collector.spans) >= before + 10)
    secrets = (
        number,
        CARD["number"],
        number[-4:],
        VPA,
        VPA.partition("@")[0],
        API_KEY,
        API_SECRET,
        WEBHOOK_SECRET,
    )
    for secret in (*secrets, stack.receiver.url()):
        assert secret.encode() not in collector.raw, secret
