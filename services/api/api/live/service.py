"""Event streams of merchants: where they begin, what is resumed, when they end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from api.http_errors import UNAVAILABLE
from api.live.feed import Feed, Subscription
from api.live.framing import HEARTBEAT, RESET, message, opening, parse_last_id
from gateway_core.db.pool import Pool, reading
from gateway_core.db.queries import live
from gateway_core.db.queries.live import SeenEvent

HEARTBEAT_EVERY_S: Final = 15.0
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
        heartbeat_every_s: float = HEARTBEAT_EVERY_S,
        allowed_again_every_s: float = ALLOWED_AGAIN_EVERY_S,
    ) -> None:
        self._pool = pool
        self._feed = Feed(pool)
        self._heartbeat_every_s = heartbeat_every_s
        self._allowed_again_every_s = allowed_again_every_s

    async def open(
        self, merchant_id: UUID, last_event_id: str | None, allowed: Allowed
    ) -> AsyncIterator[bytes]:
        """The stream in pieces, once it is certain that nothing committed from now on will be left out.

        RATE_LIMIT_ERROR, SERVICE_UNAVAILABLE when there are too many. ``allowed`` is asked again and again.
        """
        pieces = self._pieces(merchant_id, parse_last_id(last_event_id), allowed)
        await anext(pieces)  # takes the place
        return pieces

    def stop(self) -> None:
        """End all streams at once and refuse new ones."""
        self._feed.stop()

    async def aclose(self) -> None:
        """Stop, and wait until nothing runs."""
        await self._feed.aclose()

    async def _pieces(self, merchant_id: UUID, last_id: int | None, allowed: Allowed) -> AsyncIterator[bytes]:
        subscription = await self._feed.subscribe(merchant_id)
        try:
            newest_id, missed = await self._missed(merchant_id, last_id)
            yield b""
            yield opening(newest_id if last_id is None or missed is None else last_id)
            if missed is None or len(missed) > MAX_RESUMED:
                yield RESET
            resumed = {event.id for event in missed or ()}
            for event in missed or ():
                yield message(event)
            async for piece in self._follow(subscription, resumed, allowed):
                yield piece
        finally:
            self._feed.unsubscribe(subscription)

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
    ) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        ask_at_s = loop.time() + self._allowed_again_every_s
        while True:
            wait_s = min(self._heartbeat_every_s, max(0.0, ask_at_s - loop.time()))
            waited = await subscription.take(wait_s)
            if subscription.ended:
                return
            if loop.time() >= ask_at_s:
                if not await _is_allowed(allowed):
                    return
                ask_at_s = loop.time() + self._allowed_again_every_s
            # A comment as well when all that waited was sent before, and when it was time to ask: it does no harm.
            yield b"".join(each for event_id, each in waited if event_id not in sent) or HEARTBEAT


async def _is_allowed(allowed: Allowed) -> bool:
    """Whether the credentials are still good. While nobody can say, they are."""
    try:
        return await allowed()
    except UNAVAILABLE as error:
        _log.warning("cannot ask whether a stream may go on: %s", type(error).__name__)
        return True
