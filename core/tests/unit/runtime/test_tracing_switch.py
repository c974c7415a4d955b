from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway_core.runtime.tracing import (
    ENDPOINT_VARIABLE,
    attach,
    configure_tracing,
    current_trace_id,
    current_traceparent,
    span,
)

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def stop(exporter: InMemorySpanExporter) -> Iterator[Callable[[], None]]:
    stop = configure_tracing("api", exporter)
    yield stop
    stop()


def test_off_everything_is_a_no_op(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENDPOINT_VARIABLE, raising=False)
    stop = configure_tracing("api")
    with attach(PARENT), span("work"):
        assert current_traceparent() == ""
        assert current_trace_id() == ""
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
    monkeypatch.setenv(ENDPOINT_VARIABLE, "http://collector:4318")
    monkeypatch.setitem(
        __import__("sys").modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None
    )
    with caplog.at_level(logging.ERROR):
        configure_tracing("api")()
    assert "install opentelemetry-exporter-otlp-proto-http" in caplog.text
