"""A tiny OTLP collector: it keeps the spans that real processes send."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gateway_core.testing.factories import free_port

PATH = "/v1/traces"


@dataclass(frozen=True)
class Span:
    """What a test wants to know of a span; ids in hex."""

    service: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    attributes: Mapping[str, str]
    links: frozenset[tuple[str, str]]
    failed: bool


@dataclass
class Collector:
    """Everything received so far."""

    url: str
    spans: list[Span] = field(default_factory=list)
    raw: bytes = b""

    def of(self, trace_id: str) -> list[Span]:
        """The spans of one trace."""
        return [span for span in self.spans if span.trace_id == trace_id]

    async def take(self, request: web.Request) -> web.Response:
        """``POST /v1/traces`` (OTLP/HTTP, binary)."""
        body = await request.read()
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.raw += body
        sent = ExportTraceServiceRequest()
        sent.ParseFromString(body)
        for resource in sent.resource_spans:
            named = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans += [
                    Span(
                        service=named["service.name"],
                        name=span.name,
                        kind=span.kind,
                        trace_id=span.trace_id.hex(),
                        span_id=span.span_id.hex(),
                        parent_id=span.parent_span_id.hex(),
                        attributes={
                            each.key: each.value.string_value or str(each.value.int_value)
                            for each in span.attributes
                        },
                        links=frozenset((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
                        failed=span.status.code == 2,
                    )
                    for span in scope.spans
                ]
        return web.Response()


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector on a port of its own."""
    port = free_port()
    collector = Collector(f"http://127.0.0.1:{port}")
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_post(PATH, collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield collector
    finally:
        await runner.cleanup()
