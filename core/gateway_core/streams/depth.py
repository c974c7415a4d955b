"""How much waits on a stream, for metrics. FastStream's own have no lag and no pending."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from gateway_core.streams.broker import REDIS_TROUBLE, StreamClient, StreamUnavailable
from gateway_core.streams.names import Stream

DEPTH_DEADLINE_S = 1.0


@dataclass(frozen=True, slots=True)
class Depth:
    """Counts of entries. `length` = `lag` (not yet read by the group) + `pending` (read, not settled)."""

    length: int
    lag: int
    pending: int
    quarantined: int


async def read_depth(client: StreamClient, stream: Stream, *, deadline_s: float = DEPTH_DEADLINE_S) -> Depth:
    """The depth of a stream. A stream without a group is all lag, one that does not exist is empty.

    Raises StreamUnavailable within `deadline_s` when Redis does not say: a zero here is always a real zero.
    """
    try:
        async with asyncio.timeout(deadline_s), client.of(stream).pipeline(transaction=False) as pipeline:
            pipeline.xlen(stream)
            pipeline.xlen(stream.quarantine)
            pipeline.xinfo_groups(stream)
            length, quarantined, groups = await pipeline.execute(raise_on_error=False)
    except REDIS_TROUBLE as error:
        raise StreamUnavailable(f"no depth of {stream}") from error
    return _depth(stream, length, quarantined, groups)


def _depth(stream: Stream, length: Any, quarantined: Any, groups: Any) -> Depth:
    if isinstance(groups, ResponseError) and "no such key" in str(groups):
        groups = []
    for answer in (length, quarantined, groups):
        if isinstance(answer, Exception):
            raise StreamUnavailable(f"no depth of {stream}") from answer
    group = next((group for group in groups if group["name"] == stream.group.encode()), None)
    if group is None:
        return Depth(length, lag=length, pending=0, quarantined=quarantined)
    pending = int(group["pending"])
    lag = group.get("lag")
    if lag is None:  # older servers lose count after a delete, but with settled entries gone the rest adds up
        lag = max(0, length - pending)
    return Depth(length, lag=int(lag), pending=pending, quarantined=quarantined)
