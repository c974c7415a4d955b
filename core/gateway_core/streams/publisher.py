"""Publishing of wake-up messages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from gateway_core.streams.broker import REDIS_TROUBLE, make_broker, stop_broker
from gateway_core.streams.messages import WakeUp
from gateway_core.streams.names import Stream

DEADLINE_S: Final = 1.0
MAXLEN: Final = 100
"""A listener that is further behind than this is woken by any later entry all the same. Redis keeps a few more."""


class StreamUnavailable(Exception):
    """Redis did not take a message, or did not answer in time. The work itself is safe in PostgreSQL."""


class Publisher:
    """Puts wake-up messages on the streams: ``async with Publisher(redis_url) as publisher``.

    It connects when it is first used.
    """

    def __init__(self, url: str, *, deadline_s: float = DEADLINE_S) -> None:
        """``url`` as REDIS_URL; raises ValueError for one that is malformed."""
        self._broker = make_broker(url)
        self._deadline_s = deadline_s

    async def __aenter__(self) -> Self:
        await self._broker.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await stop_broker(self._broker)

    async def publish(self, messages: Mapping[Stream, WakeUp]) -> None:
        """Add each message to its stream. Raises :class:`StreamUnavailable`, within the deadline, if one was not added.

        In a Cluster the others may have been added by then: a shard that is away does not keep them back.
        """
        adding = [
            self._broker.publish(message, stream=stream.value, maxlen=MAXLEN)
            for stream, message in messages.items()
        ]
        try:
            async with asyncio.timeout(self._deadline_s):
                for added in await asyncio.gather(*adding, return_exceptions=True):
                    if isinstance(added, BaseException):
                        raise added
        except REDIS_TROUBLE as error:
            raise StreamUnavailable(f"no wake-up for {', '.join(messages)}: {error}") from error

    async def is_reachable(self) -> bool:
        """Whether Redis answers within the deadline."""
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._broker.ping(timeout=None)
        except REDIS_TROUBLE:
            return False
