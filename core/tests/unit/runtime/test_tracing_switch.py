from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway_core.runtime.otel import FLUSH_TIMEOUT_S
from gateway_core.runtime.tracing import (
    ENDPOINT_VARIABLES,
    Step,
    attach,
    configure_tracing,
    current_trace_id,
    current_traceparent,
    describe_request,
    span,
    step,
    steps,
)

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
OTHER = "00-11111111111111111111111111111111-2222222222222222-01"


def described(_: object) -> Step:
    raise AssertionError("rows are described although nobody looks")


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def stop(exporter: InMemorySpanExporter) -> Iterator[Callable[[], None]]:
    stop = configure_tracing("api", exporter)
    yield stop
    stop()


def test_off_everything_is_a_no_op(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENDPOINT_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    stop = configure_tracing("api")
    with (
        attach(PARENT),
        span("work") as nothing,
        step("send", 1, described),
        steps("ask", [1], described),
    ):
        assert nothing is None
        assert current_traceparent() == ""
        assert current_trace_id() == ""
    describe_request(nothing, {}, 200)
    stop()


@pytest.mark.usefixtures("stop")
def test_a_trace_continues_over_a_traceparent() -> None:
    with attach(PARENT), span("work", {"rows": 3}):
        assert current_trace_id() == TRACE_ID
        assert current_traceparent().startswith(f"00-{TRACE_ID}-")
        assert current_traceparent() != PARENT
    assert current_traceparent() == ""


def test_stopping_sends_what_is_left(exporter: InMemorySpanExporter, stop: Callable[[], None]) -> None:
    with attach(PARENT), span("work", {"rows": 3}):
        pass
    stop()
    (sent,) = exporter.get_finished_spans()
    assert sent.name == "work"
    assert sent.attributes == {"rows": 3}
    assert sent.resource.attributes["service.name"] == "api"
    assert current_traceparent() == ""


@pytest.mark.usefixtures("stop")
@pytest.mark.parametrize("unusable", ["", "garbage", "00-" + "0" * 32 + "-b7ad6b7169203331-01"])
def test_an_unusable_traceparent_is_ignored(unusable: str) -> None:
    with attach(unusable), span("work"):
        assert current_trace_id() not in ("", "0" * 32)


def test_a_missing_exporter_package_is_said_clearly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ENDPOINT_VARIABLES[0], "http://collector:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.delitem(sys.modules, "gateway_core.runtime.otel")
    with caplog.at_level(logging.ERROR):
        configure_tracing("api")()
    assert "install opentelemetry-exporter-otlp-proto-http" in caplog.text


def test_a_step_of_many_rows_is_a_span_in_the_trace_of_each(
    exporter: InMemorySpanExporter, stop: Callable[[], None]
) -> None:
    with steps("ask", [PARENT, OTHER, None], lambda trace: Step(trace, {"gateway.payment_id": "pay_1"})):
        pass
    stop()
    spans = {span.context.trace_id: span for span in exporter.get_finished_spans() if span.context}
    own = next(span for span in spans.values() if span.name == "ask batch")
    of_rows = [spans[int(trace.split("-")[1], 16)] for trace in (PARENT, OTHER)]
    assert len(spans) == 3
    assert {link.context.trace_id for link in own.links} == {
        int(t.split("-")[1], 16) for t in (PARENT, OTHER)
    }
    for each in of_rows:
        assert [link.context for link in each.links] == [own.context]
        assert each.attributes == {"gateway.payment_id": "pay_1"}


def test_a_repeated_step_is_linked_to_the_one_before_it(
    exporter: InMemorySpanExporter, stop: Callable[[], None]
) -> None:
    with step("attempt", PARENT, lambda trace: Step(trace, {}, key="delivery/1")):
        pass
    with step("attempt", PARENT, lambda trace: Step(trace, {}, "delivery/2", after="delivery/1")):
        pass
    stop()
    first, second = exporter.get_finished_spans()
    assert first.context is not None
    assert [(link.context.trace_id, link.context.span_id) for link in second.links] == [
        (first.context.trace_id, first.context.span_id)
    ]
    assert second.parent is not None
    assert f"{second.parent.span_id:016x}" in PARENT


def test_a_failure_is_named_by_its_type_and_tells_no_values(
    exporter: InMemorySpanExporter, stop: Callable[[], None]
) -> None:
    with (
        pytest.raises(ValueError, match="secret"),
        span("work"),
        steps("ask", [PARENT], lambda t: Step(t, {})),
    ):
        raise ValueError("secret: buyer@bank 4111111111111111")
    stop()
    spans = exporter.get_finished_spans()
    assert len(spans) == 3
    for each in spans:
        assert each.attributes is not None
        assert each.attributes["error.type"] == "ValueError"
        assert not each.events
        assert "secret" not in each.to_json()
        assert each.status.status_code.name == "ERROR"


def test_card_numbers_and_secrets_do_not_pass_an_attribute(
    exporter: InMemorySpanExporter, stop: Callable[[], None]
) -> None:
    with span("work", {"note": "paid with 4111 1111 1111 1111, secret_test_xyz789"}):
        pass
    stop()
    (sent,) = exporter.get_finished_spans()
    assert sent.attributes == {"note": "paid with [card], secret_***"}


def test_a_servers_span_is_named_by_the_routes_template(
    exporter: InMemorySpanExporter, stop: Callable[[], None]
) -> None:
    class Route:
        path = "/api/v1/payments/{payment_id}"

    scope = {"method": "GET", "path": "/api/v1/payments/pay_1", "route": Route()}
    with span("GET", kind="SERVER") as server:
        describe_request(server, scope, 503)
    stop()
    (sent,) = exporter.get_finished_spans()
    assert sent.name == "GET /api/v1/payments/{payment_id}"
    assert sent.attributes == {
        "http.request.method": "GET",
        "http.route": "/api/v1/payments/{payment_id}",
        "http.response.status_code": 503,
    }
    assert sent.status.status_code.name == "ERROR"


def test_a_collector_that_hangs_does_not_hold_up_the_stop() -> None:
    class Hanging(SpanExporter):
        released = threading.Event()

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            self.released.wait(10 * FLUSH_TIMEOUT_S)
            return SpanExportResult.FAILURE

    hanging = Hanging()
    stop = configure_tracing("api", hanging)
    with span("work"):
        pass
    began_s = time.monotonic()
    stop()
    assert time.monotonic() - began_s < 2 * FLUSH_TIMEOUT_S
    hanging.released.set()
