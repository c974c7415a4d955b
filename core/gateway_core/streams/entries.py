"""Stream entries as FastStream delivers them, and their two ways out of the stream: settled, quarantined."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from faststream.redis.message import RedisBatchStreamMessage
from faststream.redis.parser import BinaryMessageFormatV1
from redis.asyncio import Redis

from gateway_core.streams.messages import DATA_FIELD, BadHint, Hint, decode
from gateway_core.streams.names import Stream

MAX_QUARANTINED_BYTES = 4096

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivered entry: its id, its bytes, and either the hint in it or the reason why there is none."""

    id: bytes
    raw: bytes
    hint: Hint | None
    reason: str = ""


class OpaqueFormat(BinaryMessageFormatV1):
    """Keeps FastStream's own batch parser away from the contents.

    It decodes all entries of a batch together, so that one odd entry (no data field, bytes that are no UTF-8)
    fails the batch at every delivery. We read the raw entries one by one instead, see `read_entries`.
    """

    @classmethod
    def parse(cls, data: bytes) -> tuple[bytes, dict[str, Any]]:
        return b"null", {}


async def read_entries(message: RedisBatchStreamMessage) -> list[Entry]:
    """FastStream's decoder hook: the batch as entries, in stream order. Raises nothing for any contents."""
    raw = message.raw_message
    return list(_entries(raw["message_ids"], raw["data"]))


def _entries(ids: Sequence[bytes], fields_of: Sequence[Mapping[bytes, bytes]]) -> Iterator[Entry]:
    for entry_id, fields in zip(ids, fields_of, strict=True):
        frame = fields.get(DATA_FIELD.encode())
        if frame is None:
            yield Entry(entry_id, repr(fields).encode(), None, "no data field")
            continue
        try:
            yield Entry(entry_id, frame, decode(frame))
        except BadHint as error:
            yield Entry(entry_id, frame, None, str(error))


async def settle(client: Redis, stream: Stream, entries: Sequence[Entry]) -> None:
    """Acknowledges and deletes in one step, so that the stream holds only what is not finished.

    Not MAXLEN, which trims unread and pending entries. Redis errors pass through: the entries stay pending.
    """
    ids = [entry.id for entry in entries]
    async with client.pipeline(transaction=True) as pipeline:
        pipeline.xack(stream, stream.group, *ids)
        pipeline.xdel(stream, *ids)
        await pipeline.execute()


async def quarantine(client: Redis, stream: Stream, entries: Sequence[Entry], *, maxlen: int) -> None:
    """Moves entries to the quarantine stream, which keeps the last `maxlen` of them, then settles them.

    Each is kept as `entry_id`, `reason` and the first MAX_QUARANTINED_BYTES of its bytes as `data`.
    """
    logger.warning("%d entries of %s quarantined: %s", len(entries), stream, entries[0].reason)
    async with client.pipeline(transaction=False) as pipeline:
        for entry in entries:
            data = entry.raw[:MAX_QUARANTINED_BYTES]
            pipeline.xadd(
                stream.quarantine,
                {"entry_id": entry.id, "reason": entry.reason, "data": data},
                maxlen=maxlen,
                approximate=False,
            )
        await pipeline.execute()
    await settle(client, stream, entries)
