"""OpenTelemetry, only when an exporter endpoint is configured; otherwise every call here is a no-op."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

ENDPOINT_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
EXPORTER_PACKAGE = "opentelemetry-exporter-otlp-proto-http"
FLUSH_TIMEOUT_MS = 3000
TRACEPARENT = "traceparent"

_log = logging.getLogger(__name__)
_tracer: Tracer | None = None
_NOTHING: AbstractContextManager[None] = nullcontext()


def configure_tracing(service: str, exporter: SpanExporter | None = None) -> Callable[[], None]:
    """Switch tracing on if ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set or an ``exporter`` is given.

    Returns the function to call at stop: it sends what is left, within ``FLUSH_TIMEOUT_MS``, and switches
    tracing off. Without the exporter's package it says so in one ERROR line and tracing stays off.
    """
    if exporter is None and not os.environ.get(ENDPOINT_VARIABLE):
        return _switch_off
    try:
        return _switch_on(service, exporter or _otlp_exporter())
    except ImportError:
        _log.error("%s is set but tracing stays off: install %s", ENDPOINT_VARIABLE, EXPORTER_PACKAGE)
        return _switch_off


def current_traceparent() -> str:
    """The active span as a W3C Trace Context ``traceparent`` value; empty when there is none."""
    if _tracer is None:
        return ""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get(TRACEPARENT, "")


def current_trace_id() -> str:
    """The active span's trace id, 32 lower-case hex digits; empty when there is none."""
    if _tracer is None:
        return ""
    from opentelemetry.trace import format_trace_id, get_current_span

    context = get_current_span().get_span_context()
    return format_trace_id(context.trace_id) if context.is_valid else ""


def attach(traceparent: str) -> AbstractContextManager[None]:
    """Inside the block, spans continue the trace that ``traceparent`` names; an unusable value is ignored."""
    return _NOTHING if _tracer is None or not traceparent else _attached(traceparent)


def span(name: str, attributes: Mapping[str, str | int] | None = None) -> AbstractContextManager[object]:
    """A span around the block; an exception that leaves the block is recorded on it."""
    return _NOTHING if _tracer is None else _tracer.start_as_current_span(name, attributes=attributes)


@contextmanager
def _attached(traceparent: str) -> Iterator[None]:
    from opentelemetry import context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    token = context.attach(TraceContextTextMapPropagator().extract({TRACEPARENT: traceparent}))
    try:
        yield
    finally:
        context.detach(token)


def _otlp_exporter() -> SpanExporter:
    # Optional: its package is installed only where traces are wanted.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # type: ignore[import-not-found]
        OTLPSpanExporter,
    )

    exporter: SpanExporter = OTLPSpanExporter()
    return exporter


def _switch_on(service: str, exporter: SpanExporter) -> Callable[[], None]:
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    global _tracer  # noqa: PLW0603 - tracing is on or off for the whole process
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("gateway")

    def stop() -> None:
        provider.force_flush(FLUSH_TIMEOUT_MS)
        provider.shutdown()
        _switch_off()

    return stop


def _switch_off() -> None:
    global _tracer  # noqa: PLW0603 - tracing is on or off for the whole process
    _tracer = None
