"""The OpenTelemetry side of :mod:`tracing`; imported only when tracing is on."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway_core import VERSION
from gateway_core.runtime.http_metrics import method_name, route_of
from gateway_core.runtime.redaction import redact
from gateway_core.runtime.tracing import TRACEPARENT, Attributes, Kind, Step

FLUSH_TIMEOUT_S: Final = 3.0
MAX_LINKS: Final = 128
"""What the SDK keeps of a span's links."""

_propagator = TraceContextTextMapPropagator()
_chosen_span_id: ContextVar[int | None] = ContextVar("chosen_span_id", default=None)


class ChosenIds(RandomIdGenerator):
    """Random ids, unless a step has a name: then another process can link to its span."""

    def generate_span_id(self) -> int:
        return _chosen_span_id.get() or super().generate_span_id()


class Tracing:
    """Spans of one service, sent in batches."""

    def __init__(self, service: str, exporter: SpanExporter | None) -> None:
        resource = Resource.create({SERVICE_NAME: service, SERVICE_VERSION: VERSION})
        self._provider = TracerProvider(resource=resource, id_generator=ChosenIds(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("gateway", VERSION)

    def stop(self) -> None:
        """Send what is left, within ``FLUSH_TIMEOUT_S``: a collector that does not answer holds nobody up."""
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(FLUSH_TIMEOUT_S)

    @contextmanager
    def span(self, name: str, kind: Kind, attributes: Attributes) -> Iterator[Span]:
        """A span below the active one."""
        with _around(
            self._tracer.start_span(name, kind=SpanKind[kind], attributes=_clean(attributes))
        ) as span:
            yield span

    @contextmanager
    def step(self, name: str, kind: Kind, what: Step) -> Iterator[Span]:
        """A span in the row's trace."""
        with _around(self._start_step(name, kind, what, [])) as span:
            yield span

    @contextmanager
    def steps(self, name: str, kind: Kind, described: Iterable[Step]) -> Iterator[None]:
        """A span of the batch, and one in the trace of each row that has one; they are linked both ways."""
        traced = [each for each in described if each.traceparent]
        links = [Link(_span_context(each.traceparent)) for each in traced[:MAX_LINKS]]
        batch = self._tracer.start_span(
            f"{name} batch", links=links, attributes={"gateway.rows": len(traced)}
        )
        back = [Link(batch.get_span_context())]
        rows = [self._start_step(name, kind, each, back) for each in traced]
        try:
            with _around(batch, *rows):
                yield
        finally:
            for each in rows:
                each.end()

    @staticmethod
    def traceparent() -> str:
        """Of the active span; empty when there is none."""
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        return carrier.get(TRACEPARENT, "")

    @staticmethod
    def trace_id() -> str:
        """Of the active span; empty when there is none."""
        active = trace.get_current_span().get_span_context()
        return trace.format_trace_id(active.trace_id) if active.is_valid else ""

    @staticmethod
    @contextmanager
    def attached(traceparent: str) -> Iterator[None]:
        """Spans in the block continue this trace."""
        token = context.attach(_context_of(traceparent))
        try:
            yield
        finally:
            context.detach(token)

    @staticmethod
    def describe_request(on: Span, scope: Mapping[str, Any], status: int) -> None:
        """As OpenTelemetry's semantic conventions for HTTP say."""
        method, route = method_name(scope["method"]), route_of(scope)
        on.update_name(f"{method} {route}")
        on.set_attributes(
            {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        )
        if status >= 500:
            on.set_status(StatusCode.ERROR)

    def _start_step(self, name: str, kind: Kind, what: Step, links: Sequence[Link]) -> Span:
        parent = _context_of(what.traceparent)
        links = [*links, *_link_to_earlier(what)]
        token = _chosen_span_id.set(None if what.key is None else _span_id(what.key))
        try:
            return self._tracer.start_span(
                name, context=parent, kind=SpanKind[kind], attributes=_clean(what.attributes), links=links
            )
        finally:
            _chosen_span_id.reset(token)


@contextmanager
def _around(active: Span, *others: Span) -> Iterator[Span]:
    """``active`` is, and ends with, the block. An exception marks all by its type: its text may repeat a row."""
    with trace.use_span(active, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield active
        except BaseException as error:
            for each in (active, *others):
                each.set_attribute("error.type", type(error).__name__)
                each.set_status(StatusCode.ERROR)
            raise


def _link_to_earlier(what: Step) -> list[Link]:
    """To the span of ``what.after``: made in whichever process, but under an id that can be told."""
    if what.after is None or not what.traceparent:
        return []
    parent = _span_context(what.traceparent)
    earlier = SpanContext(
        parent.trace_id, _span_id(what.after), is_remote=True, trace_flags=parent.trace_flags
    )
    return [Link(earlier)]


def _context_of(traceparent: str | None) -> Context:
    return _propagator.extract({TRACEPARENT: traceparent or ""}, context=Context())


def _span_context(traceparent: str | None) -> SpanContext:
    return trace.get_current_span(_context_of(traceparent)).get_span_context()


def _span_id(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") or 1


def _clean(attributes: Attributes) -> dict[str, str | int]:
    return {name: redact(value) if isinstance(value, str) else value for name, value in attributes.items()}
