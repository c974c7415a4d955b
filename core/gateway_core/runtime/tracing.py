"""OpenTelemetry, only when an exporter endpoint is configured; otherwise every call here is a no-op.

What a span may say: names of routes, methods, queues and event types, our own ids, counts, and the type of an error.
Never bodies, headers, URLs of merchants, instruments of payers, or the text of an exception.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from gateway_core import VERSION
from gateway_core.runtime.http_metrics import method_name, route_of
from gateway_core.runtime.redaction import redact

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Link, Span, SpanContext, Tracer

ENDPOINT_VARIABLES: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
EXPORTER_PACKAGE: Final = "opentelemetry-exporter-otlp-proto-http"
FLUSH_TIMEOUT_S: Final = 3.0
MAX_LINKS: Final = 128
"""What the SDK keeps of a span's links."""
TRACEPARENT: Final = "traceparent"

Kind: TypeAlias = Literal["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Attributes: TypeAlias = Mapping[str, str | int]
Row = TypeVar("Row")

_log = logging.getLogger(__name__)
_tracer: Tracer | None = None
_NOTHING: AbstractContextManager[None] = nullcontext()
_chosen_span_id: ContextVar[int | None] = ContextVar("chosen_span_id", default=None)


@dataclass(frozen=True, slots=True)
class Step:
    """One row's part in what is done to many rows at once, as a span of the row's own trace.

    ``key`` names the step for good, so that its span has a known id; ``after`` is the ``key`` of the step that this
    one repeats, whoever did it: the two are linked.
    """

    traceparent: str | None
    attributes: Attributes
    key: str | None = None
    after: str | None = None


def configure_tracing(service: str, exporter: SpanExporter | None = None) -> Callable[[], None]:
    """Switch tracing on if one of ``ENDPOINT_VARIABLES`` is set or an ``exporter`` is given.

    Returns the function to call at stop: it sends what is left, within ``FLUSH_TIMEOUT_S``, and switches
    tracing off. Without the exporter's package it says so in one ERROR line and tracing stays off.
    """
    if exporter is None and not any(os.environ.get(name) for name in ENDPOINT_VARIABLES):
        return _switch_off
    try:
        return _switch_on(service, exporter or _otlp_exporter())
    except ImportError:
        _log.error("%s is set but tracing stays off: install %s", ENDPOINT_VARIABLES[1], EXPORTER_PACKAGE)
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


def attach(traceparent: str | None) -> AbstractContextManager[None]:
    """Inside the block, spans continue the trace that ``traceparent`` names; an unusable value is ignored."""
    return _NOTHING if _tracer is None or not traceparent else _attached(traceparent)


def span(
    name: str, attributes: Attributes | None = None, *, kind: Kind = "INTERNAL"
) -> AbstractContextManager[Span | None]:
    """A span around the block. An exception that leaves the block marks it with its type, and only that."""
    return _NOTHING if _tracer is None else _one(_tracer, name, kind, attributes or {})


def step(
    name: str, row: Row, describe: Callable[[Row], Step], *, kind: Kind = "INTERNAL"
) -> AbstractContextManager[Span | None]:
    """A span around the block in the trace of ``row``; a trace of its own when it has none."""
    return _NOTHING if _tracer is None else _one_step(_tracer, name, kind, describe(row))


def steps(
    name: str, rows: Sequence[Row], describe: Callable[[Row], Step], *, kind: Kind = "INTERNAL"
) -> AbstractContextManager[None]:
    """Around a block that works on ``rows`` at once: a span of its own, and one in the trace of each row.

    They are linked both ways. ``describe`` is called only while tracing is on; rows without a trace get no span.
    """
    return _NOTHING if _tracer is None or not rows else _many(_tracer, name, kind, map(describe, rows))


def describe_request(on: Span | None, scope: Mapping[str, Any], status: int) -> None:
    """Name a server's span after its method and route template (OpenTelemetry, HTTP semantic conventions)."""
    if on is None:
        return
    from opentelemetry.trace import StatusCode

    method, route = method_name(scope["method"]), route_of(scope)
    on.update_name(f"{method} {route}")
    on.set_attributes(
        {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    )
    if status >= 500:
        on.set_status(StatusCode.ERROR)


@contextmanager
def _attached(traceparent: str) -> Iterator[None]:
    from opentelemetry import context

    token = context.attach(_context_of(traceparent))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def _one(tracer: Tracer, name: str, kind: Kind, attributes: Attributes) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind, use_span

    started = tracer.start_span(name, kind=SpanKind[kind], attributes=_clean(attributes))
    with use_span(started, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield started
        except BaseException as error:
            _mark_failed([started], error)
            raise


@contextmanager
def _one_step(tracer: Tracer, name: str, kind: Kind, what: Step) -> Iterator[Span]:
    from opentelemetry.trace import use_span

    started = _start_step(tracer, name, kind, what, [])
    with use_span(started, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield started
        except BaseException as error:
            _mark_failed([started], error)
            raise


@contextmanager
def _many(tracer: Tracer, name: str, kind: Kind, described: Iterator[Step]) -> Iterator[None]:
    from opentelemetry.trace import Link, use_span

    traced = [each for each in described if each.traceparent]
    links = [Link(_span_context(each.traceparent)) for each in traced[:MAX_LINKS]]
    batch = tracer.start_span(f"{name} batch", links=links, attributes={"gateway.rows": len(traced)})
    back = [Link(batch.get_span_context())]
    spans = [_start_step(tracer, name, kind, each, back) for each in traced]
    with use_span(batch, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield
        except BaseException as error:
            _mark_failed([batch, *spans], error)
            raise
        finally:
            for each in spans:
                each.end()


def _start_step(tracer: Tracer, name: str, kind: Kind, what: Step, links: Sequence[Link]) -> Span:
    from opentelemetry.trace import Link, SpanKind

    parent = _context_of(what.traceparent or "")
    links = [*links, *([Link(earlier)] if (earlier := _earlier(what)) is not None else [])]
    token = _chosen_span_id.set(None if what.key is None else _span_id(what.key))
    try:
        return tracer.start_span(
            name, context=parent, kind=SpanKind[kind], attributes=_clean(what.attributes), links=links
        )
    finally:
        _chosen_span_id.reset(token)


def _earlier(what: Step) -> SpanContext | None:
    """The context of the span of ``what.after``: made in whichever process, but under an id that can be told."""
    if what.after is None or not what.traceparent:
        return None
    from opentelemetry.trace import SpanContext

    parent = _span_context(what.traceparent)
    return SpanContext(parent.trace_id, _span_id(what.after), is_remote=True, trace_flags=parent.trace_flags)


def _context_of(traceparent: str) -> Context:
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({TRACEPARENT: traceparent}, context=Context())


def _span_context(traceparent: str | None) -> SpanContext:
    from opentelemetry.trace import get_current_span

    return get_current_span(_context_of(traceparent or "")).get_span_context()


def _span_id(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") or 1


def _clean(attributes: Attributes) -> dict[str, str | int]:
    return {name: redact(value) if isinstance(value, str) else value for name, value in attributes.items()}


def _mark_failed(spans: Sequence[Span], error: BaseException) -> None:
    """By its type: the text of a database's error repeats what was in the row."""
    from opentelemetry.trace import StatusCode

    for each in spans:
        each.set_attribute("error.type", type(error).__name__)
        each.set_status(StatusCode.ERROR)


def _otlp_exporter() -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def _switch_on(service: str, exporter: SpanExporter) -> Callable[[], None]:
    from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class ChosenIds(RandomIdGenerator):
        def generate_span_id(self) -> int:
            return _chosen_span_id.get() or super().generate_span_id()

    global _tracer  # noqa: PLW0603 - tracing is on or off for the whole process
    resource = Resource.create({SERVICE_NAME: service, SERVICE_VERSION: VERSION})
    provider = TracerProvider(resource=resource, id_generator=ChosenIds(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("gateway", VERSION)

    def stop() -> None:
        _switch_off()
        # A collector that does not answer would hold the process up for ten seconds and more.
        sending = threading.Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(FLUSH_TIMEOUT_S)

    return stop


def _switch_off() -> None:
    global _tracer  # noqa: PLW0603 - tracing is on or off for the whole process
    _tracer = None
