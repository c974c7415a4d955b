"""Server-sent events on the wire (HTML Living Standard, 9.2.5)."""

from __future__ import annotations

from typing import Final

import orjson

from gateway_core.db.queries.live import SeenEvent
from gateway_core.domain.events import rfc3339

RETRY_MS: Final = 2_000
HEARTBEAT: Final = b": still here\n\n"
RESET: Final = b"event: reset\ndata: {}\n\n"


def opening(last_id: int) -> bytes:
    """How soon to reconnect, and from where on if nothing comes before that."""
    return b"retry: %d\nid: %d\n\n" % (RETRY_MS, last_id)


def message(event: SeenEvent) -> bytes:
    """``event`` as one message. JSON escapes line breaks, so its data is one line whatever strings are in it."""
    told = orjson.loads(event.payload or b"{}")
    data = orjson.dumps(
        {"type": event.type, "created_at": rfc3339(event.created_at), "data": told.get("data", {})}
    )
    kind = event.type.partition(".")[0].encode("ascii")
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, kind, data)


def parse_last_id(text: str | None) -> int | None:
    """The ``Last-Event-ID`` as a number; None for none and for what no stream of ours has sent."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > len(str(2**63 - 1)):
        return None
    return min(int(text), 2**63 - 1)
