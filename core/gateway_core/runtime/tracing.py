"""OpenTelemetry, only when an exporter endpoint is configured; otherwise every call here is a no-op.

What a span may say: names of routes, methods, queues and event types, our own ids, counts, and the type of an error.
Never bodies, headers, URLs of merchants, instruments of payers, or the text of an exception.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

    from gateway_core.runtime.otel import Tracing

ENDPOINT_VARIABLES: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
EXPORTER_PACKAGE: Final = "opentelemetry-exporter-otlp-proto-http"
TRACEPARENT: Final = "traceparent"

Kind: TypeAlias = Literal["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Attributes: TypeAlias = Mapping[str, str | int]
Row = TypeVar("Row")

_log = logging.getLogger(__name__)
_tracing: Tracing | None = None
_NOTHING: AbstractContextManager[None] = nullcontext()


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

    Returns the function to call at stop: it sends what is left, within a bounded time, and switches tracing off.
    Without the exporter's package it says so in one ERROR line and tracing stays off.
    """
    global _tracing  # noqa: PLW0603 - tracing is on or off for the whole process
    if exporter is None and not any(os.environ.get(name) for name in ENDPOINT_VARIABLES):
        return _switch_off
    try:
        from gateway_core.runtime.otel import Tracing  # only here: it takes memory and time
    except ImportError:
        _log.error("%s is set but tracing stays off: install %s", ENDPOINT_VARIABLES[1], EXPORTER_PACKAGE)
        return _switch_off
    _tracing = Tracing(service, exporter)
    return _switch_off


def _switch_off() -> None:
    global _tracing
    if _tracing is not None:
        stopped, _tracing = _tracing, None
        stopped.stop()


def current_traceparent() -> str:
    """The active span as a W3C Trace Context ``traceparent`` value; empty when there is none."""
    return "" if _tracing is None else _tracing.traceparent()


def current_trace_id() -> str:
    """The active span's trace id, 32 lower-case hex digits; empty when there is none."""
    return "" if _tracing is None else _tracing.trace_id()


def attach(traceparent: str | None) -> AbstractContextManager[None]:
    """Inside the block, spans continue the trace that ``traceparent`` names; an unusable value is ignored."""
    return _NOTHING if _tracing is None or not traceparent else _tracing.attached(traceparent)


def span(
    name: str, attributes: Attributes | None = None, *, kind: Kind = "INTERNAL"
) -> AbstractContextManager[Span | None]:
    """A span around the block. An exception that leaves the block marks it with its type, and only that."""
    return _NOTHING if _tracing is None else _tracing.span(name, kind, attributes or {})


def step(
    name: str, row: Row, describe: Callable[[Row], Step], *, kind: Kind = "INTERNAL"
) -> AbstractContextManager[Span | None]:
    """A span around the block in the trace of ``row``; a trace of its own when it has none."""
    return _NOTHING if _tracing is None else _tracing.step(name, kind, describe(row))


def steps(
    name: str, rows: Sequence[Row], describe: Callable[[Row], Step], *, kind: Kind = "INTERNAL"
) -> AbstractContextManager[None]:
    """Around a block that works on ``rows`` at once: a span of its own, and one in the trace of each row.

    They are linked both ways. ``describe`` is called only while tracing is on; rows without a trace get no span.
    """
    return _NOTHING if _tracing is None or not rows else _tracing.steps(name, kind, map(describe, rows))


def describe_request(on: Span | None, scope: Mapping[str, Any], status: int) -> None:
    """Name a server's span after its method and route template (OpenTelemetry, HTTP semantic conventions)."""
    if _tracing is not None and on is not None:
        _tracing.describe_request(on, scope, status)
