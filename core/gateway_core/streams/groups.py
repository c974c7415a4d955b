"""Consumer groups: made by us, because FastStream would start them at the end of the stream."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from gateway_core.streams.names import Stream

# Consumer names hold a pid: without an end to them a group grows by one at every restart of a worker.
CONSUMER_EXPIRY_MS = 3_600_000


async def ensure_group(client: Redis, stream: Stream) -> None:
    """Makes stream and group if missing. The group starts at 0: what was added before it existed is seen.

    Handled entries are deleted, so a group that is made anew delivers again only what was not finished.
    """
    try:
        await client.xgroup_create(stream, stream.group, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


async def drop_idle_consumers(client: Redis, stream: Stream, *, expiry_ms: int = CONSUMER_EXPIRY_MS) -> None:
    """Removes consumers silent for `expiry_ms` that hold nothing: DELCONSUMER would drop what they hold."""
    for consumer in await client.xinfo_consumers(stream, stream.group):
        if int(consumer["pending"]) == 0 and int(consumer["idle"]) > expiry_ms:
            await client.xgroup_delconsumer(stream, stream.group, consumer["name"])
