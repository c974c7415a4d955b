"""Log lines on stdout: JSON or readable text, bounded in length and without secrets."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, TextIO

import orjson

from gateway_core.runtime.redaction import redact
from gateway_core.runtime.tracing import current_trace_id

LogFormat = Literal["json", "text"]

MAX_LINE_BYTES = 8192
# No text is read beyond this; a longer one makes the line too long anyway.
MAX_TEXT_CHARS = 2 * MAX_LINE_BYTES
# In JSON a character takes six bytes at worst, and two such texts must fit into a line beside the ids.
MAX_SHORTENED_CHARS = 512
MAX_ID_CHARS = 64
MAX_EXTRA_FIELDS = 32
QUIET_LIBRARIES = ("uvicorn", "faststream", "psycopg", "alembic", "asyncio", "aiohttp", "opentelemetry")

_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=MappingProxyType({}))
_NOT_EXTRAS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName", "color_message"}


@contextmanager
def log_context(**fields: str) -> Iterator[None]:
    """Put ``fields`` (``request_id``, ``payment_id`` …) on each line logged in the block and its tasks."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def configure_logging(
    service: str, *, level: str = "INFO", log_format: LogFormat = "json", stream: TextIO | None = None
) -> None:
    """Send every logger to one handler on ``stream`` (default stdout); libraries log from WARNING up.

    A line carries ts, level, logger, message, service, then request_id, payment_id, trace_id and whatever
    ``extra=`` brought, each when known.
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter(service) if log_format == "json" else TextFormatter(service))
    handler.addFilter(_worth_logging)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in list(logging.root.manager.loggerDict):
        if _is_quiet(name):
            _take_over(logging.getLogger(name))
    # FastStream stops propagation on each logger it makes and adds a handler unless one for stdout is there.
    for name in ("faststream", "faststream.access.redis"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [handler], False
    logging.captureWarnings(True)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, at most ``MAX_LINE_BYTES``."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        fields = describe(record, self._service)
        line = orjson.dumps(fields)
        if len(line) > MAX_LINE_BYTES:
            line = orjson.dumps(_shortened(fields))
        return line.decode()


class TextFormatter(logging.Formatter):
    """``12:00:00.000 INFO    logger: message key=value …`` for a terminal, then the stack if there is one."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        fields = describe(record, self._service)
        head = [fields.pop(name) for name in ("ts", "level", "logger", "message", "service")]
        stack = f"\n{fields.pop('stack')}" if "stack" in fields else ""
        rest = "".join(f" {name}={value}" for name, value in fields.items())
        return f"{head[0][11:23]} {head[1]:<7} {head[2]}: {head[3]}{rest}{stack}"[:MAX_LINE_BYTES]


def describe(record: logging.LogRecord, service: str) -> dict[str, str]:
    """The record as redacted texts, in the order in which a line shows them."""
    written_at = datetime.fromtimestamp(record.created, UTC)
    fields = {
        "ts": written_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": _safe(_message(record)),
        "service": service,
    }
    if trace_id := current_trace_id():
        fields["trace_id"] = trace_id
    extras = [(name, value) for name, value in vars(record).items() if name not in _NOT_EXTRAS]
    for name, value in [*_context.get().items(), *extras[:MAX_EXTRA_FIELDS]]:
        if value is not None and name not in fields:
            fields[name] = _safe(_text(value))
    if record.exc_info and record.exc_info[0] is not None:
        fields["error"] = record.exc_info[0].__name__
        stack = "".join(traceback.format_exception(*record.exc_info))
        fields["stack"] = _safe(stack[-MAX_TEXT_CHARS:])
    return fields


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a wrong format string must not lose the line or fail its request
        return f"{record.msg} (its arguments do not fit)"


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - nor may a value whose str() fails
        return f"<{type(value).__name__}>"


def _safe(text: str) -> str:
    """Bounded, free of secrets, and encodable: lone surrogates become question marks."""
    text = text[:MAX_TEXT_CHARS]
    return redact(text if text.isascii() else text.encode(errors="replace").decode())


def _shortened(fields: Mapping[str, str]) -> dict[str, str]:
    """The identifying fields cut short, the rest dropped; the end of a stack says more than its beginning."""
    kept = ("ts", "level", "logger", "message", "service", "trace_id", "request_id", "payment_id", "error")
    short = {name: fields[name][:MAX_ID_CHARS] for name in kept if name in fields}
    short["message"] = fields["message"][:MAX_SHORTENED_CHARS]
    if "stack" in fields:
        short["stack"] = fields["stack"][-MAX_SHORTENED_CHARS:]
    return {**short, "truncated": "true"}


def _is_quiet(name: str) -> bool:
    return name.split(".", 1)[0] in QUIET_LIBRARIES


def _worth_logging(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or not _is_quiet(record.name)


def _take_over(library: logging.Logger) -> None:
    """Undo a library's own handlers; its level too, so that no INFO record is even built."""
    library.handlers, library.propagate = [], True
    library.setLevel(logging.WARNING)
