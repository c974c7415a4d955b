"""A request is a span under its route's template, in its caller's trace; a failure's line says what it was about."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway_core.runtime.tracing import configure_tracing

if TYPE_CHECKING:
    from tests.unit.conftest import Edge

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CALLER = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"}
SECRET = "whsec_must_not_be_told"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def stop(exporter: InMemorySpanExporter) -> Iterator[Callable[[], None]]:
    stop = configure_tracing("api", exporter)
    yield stop
    stop()


async def test_a_request_is_a_span_of_its_callers_trace(
    edge: Edge, exporter: InMemorySpanExporter, stop: Callable[[], None]
) -> None:
    response = await edge.client.get(f"/api/v1/payments?q={SECRET}", headers=CALLER)
    stop()
    (sent,) = exporter.get_finished_spans()
    assert sent.context is not None
    assert f"{sent.context.trace_id:032x}" == TRACE_ID
    assert sent.name == "GET /api/v1/payments"
    assert sent.kind.name == "SERVER"
    assert sent.attributes == {
        "gateway.request_id": response.headers["x-request-id"],
        "http.request.method": "GET",
        "http.route": "/api/v1/payments",
        "http.response.status_code": 200,
    }
    assert SECRET not in sent.to_json()


async def test_a_failure_marks_the_span_and_its_line_names_payment_and_trace(
    edge: Edge, exporter: InMemorySpanExporter, stop: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    edge.service.outcome = RuntimeError(SECRET)
    with caplog.at_level(logging.ERROR):
        await edge.client.get("/api/v1/payments/pay_7", headers=CALLER)
    stop()
    (sent,) = exporter.get_finished_spans()
    assert sent.status.status_code.name == "ERROR"
    assert sent.attributes is not None
    assert sent.attributes["http.response.status_code"] == 500
    assert SECRET not in sent.to_json()
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert getattr(line, "payment_id", None) == "pay_7"
