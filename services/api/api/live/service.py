"""Event streams of merchants: where they begin, what is resumed, when they end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from api.errors import UNAVAILABLE
from api.live.feed import Feed, Subscription
from api.live.messages import RESET, Message, message, opening, parse_last_id
from gateway_core.db.pool import Pool, reading
from gateway_core.db.queries import live
from gateway_core.db.queries.live import SeenEvent

ALLOWED_AGAIN_EVERY_S: Final = 30.0
MAX_RESUMED: Final = 1_000
MAX_IDS_BACK: Final = 20_000
"""Of all merchants together: beyond that the log is not read through for what was missed."""

Allowed = Callable[[], Awaitable[bool]]
"""Whether the credentials that opened the stream are still good."""

_log = logging.getLogger(__name__)


class LiveService:
    """Streams of one process."""

    def __init__(
        self,
        pool: Pool,
        *,
        allowed_again_every_s: float = ALLOWED_AGAIN_EVERY_S,
    ) -> None:
        self._pool = pool
        self._feed = Feed(pool)
        self._allowed_again_every_s = allowed_again_every_s

    @asynccontextmanager
    async def open(
        self, merchant_id: UUID, last_event_id: str | None, allowed: Allowed
    ) -> AsyncIterator[AsyncIterator[Message]]:
        """The stream's messages, once it is certain that nothing committed from now on will be left out.

        RATE_LIMIT_ERROR, SERVICE_UNAVAILABLE when there are too many. ``allowed`` is asked again and again.
        """
        last_id = parse_last_id(last_event_id)
        subscription = await self._feed.subscribe(merchant_id)
        try:
            newest_id, missed = await self._missed(merchant_id, last_id)
            begin = opening(newest_id if last_id is None or missed is None else last_id)
            yield self._messages(begin, missed, subscription, allowed)
        finally:
            self._feed.unsubscribe(subscription)

    def stop(self) -> None:
        """End all streams at once and refuse new ones."""
        self._feed.stop()

    async def aclose(self) -> None:
        """Stop, and wait until nothing runs."""
        await self._feed.aclose()

    async def _messages(
        self,
        begin: Message,
        missed: Sequence[SeenEvent] | None,
        subscription: Subscription,
        allowed: Allowed,
    ) -> AsyncIterator[Message]:
        yield begin
        if missed is None or len(missed) > MAX_RESUMED:
            yield RESET
        for event in missed or ():
            yield message(event)
        async for new in self._follow(subscription, {event.id for event in missed or ()}, allowed):
            yield new

    async def _missed(self, merchant_id: UUID, last_id: int | None) -> tuple[int, Sequence[SeenEvent] | None]:
        """The newest id and what the merchant missed since ``last_id``; None: nobody can say any more."""
        async with reading(self._pool) as conn:
            newest_id = await live.newest_id(conn)
            if last_id is None:
                return newest_id, ()
            if not newest_id - MAX_IDS_BACK <= last_id <= newest_id:
                return newest_id, None
            return newest_id, await live.missed(conn, merchant_id, last_id, limit=MAX_RESUMED + 1)

    async def _follow(
        self, subscription: Subscription, sent: set[int], allowed: Allowed
    ) -> AsyncIterator[Message]:
        loop = asyncio.get_running_loop()
        ask_at_s = loop.time() + self._allowed_again_every_s
        while True:
            waited = await subscription.take(max(0.0, ask_at_s - loop.time()))
            if subscription.ended:
                return
            if loop.time() >= ask_at_s:
                if not await _is_allowed(allowed):
                    return
                ask_at_s = loop.time() + self._allowed_again_every_s
            for each in waited:
                if each.id not in sent:
                    yield each


async def _is_allowed(allowed: Allowed) -> bool:
    """Whether the credentials are still good. While nobody can say, they are."""
    try:
        return await allowed()
    except UNAVAILABLE as error:
        _log.warning("cannot ask whether a stream may go on: %s", type(error).__name__)
        return True
