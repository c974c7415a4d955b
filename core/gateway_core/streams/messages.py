"""The hint: the only message there is. It says where to look; what is true stands in PostgreSQL."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from faststream.redis.message import DATA_KEY
from faststream.redis.parser import BinaryMessageFormatV1

VERSION = 1
MAX_FRAME_BYTES = 4096
MAX_TRACE_CHARS = 512
# The one field of a stream entry, as FastStream's stream subscribers read it.
DATA_FIELD = DATA_KEY

_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class BadHint(ValueError):
    """Not a hint of a version this code knows. The text is a fixed reason and repeats nothing received."""


@dataclass(frozen=True, slots=True)
class Hint:
    """`kind`: what happened (`payment.created`); `id`: to which row; `trace`: W3C traceparent, or empty.

    Raises BadHint for a kind or id that is not a short, plain name, and for a trace that is too long.
    """

    kind: str
    id: str
    trace: str = ""

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise BadHint("kind is not a plain name")
        if not _ID.fullmatch(self.id):
            raise BadHint("id is not a plain identifier")
        if len(self.trace) > MAX_TRACE_CHARS:
            raise BadHint("trace is too long")


async def encode(hint: Hint) -> bytes:
    """The hint as a FastStream binary frame, body `{"v": 1, "kind", "id", "trace"}`.

    Made here and not by `broker.publish`, which would put the relay's own traceparent over the stored one.
    Header values must be ASCII (anything else corrupts the frame): the trace is percent-encoded there.
    """
    body = {"v": VERSION, "kind": hint.kind, "id": hint.id, "trace": hint.trace}
    headers = {"traceparent": quote(hint.trace, safe="-")} if hint.trace else None
    return await BinaryMessageFormatV1.encode(
        message=body, reply_to=None, headers=headers, correlation_id=hint.id
    )


def decode(frame: bytes) -> Hint:
    """The hint in a frame of at most MAX_FRAME_BYTES. Unknown fields are ignored, unknown versions refused.

    Raises BadHint, and nothing else, whatever the bytes are.
    """
    if len(frame) > MAX_FRAME_BYTES:
        raise BadHint("too long")
    body, _ = BinaryMessageFormatV1.parse(frame)
    try:
        fields: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadHint("not JSON") from error
    if not isinstance(fields, dict):
        raise BadHint("not an object")
    if type(fields.get("v")) is not int or fields["v"] != VERSION:
        raise BadHint("unknown version")
    return Hint(kind=_text(fields, "kind"), id=_text(fields, "id"), trace=_text(fields, "trace"))


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise BadHint(f"{name} is not a string")
    return value
