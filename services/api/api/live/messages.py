"""What a stream sends, before it is written as server-sent events (HTML Living Standard, 9.2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import orjson

from gateway_core.db.queries.live import SeenEvent
from gateway_core.domain.events import rfc3339

RETRY_MS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One server-sent event. ``data`` is JSON, which escapes line breaks: one line whatever strings are in it."""

    id: int | None = None
    kind: str | None = None
    data: str | None = None
    retry_ms: int | None = None


RESET: Final = Message(kind="reset", data="{}")


def opening(last_id: int) -> Message:
    """How soon to reconnect, and from where on if nothing comes before that."""
    return Message(id=last_id, retry_ms=RETRY_MS)


def message(event: SeenEvent) -> Message:
    """``event`` as one message."""
    payload = orjson.loads(event.payload or b"{}")
    data = orjson.dumps(
        {"type": event.type, "created_at": rfc3339(event.created_at), "data": payload.get("data", {})}
    )
    return Message(id=event.id, kind=event.type.partition(".")[0], data=data.decode())


def parse_last_id(text: str | None) -> int | None:
    """The ``Last-Event-ID`` as a number; None for none and for what no stream of ours has sent."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > len(str(2**63 - 1)):
        return None
    return min(int(text), 2**63 - 1)
