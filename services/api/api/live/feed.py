"""One poller over the event log for all open streams of the process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from api.live.messages import Message, message
from api.live.window import Window
from gateway_core.db.pool import UNAVAILABLE, Pool, reading
from gateway_core.db.queries import live
from gateway_core.db.queries.live import OVERLAP_IDS, SeenEvent
from gateway_core.domain.errors import rate_limited, service_unavailable
from gateway_core.runtime.metrics import counter, gauge

POLL_EVERY_S: Final = 0.15
AFTER_FAILURE_S: Final = 1.0
BATCH: Final = 1_000
READY_WITHIN_S: Final = 5.0
MAX_WAITING: Final = 500
"""Messages that a reader may be behind; then it must come back and resume."""
MAX_STREAMS: Final = 500
MAX_STREAMS_PER_MERCHANT: Final = 20
RETRY_AFTER_S: Final = 5

_open_streams = gauge("gateway_live_streams", "Open event streams.")
_ended = counter("gateway_live_streams_ended_total", "Streams that the API ended.", ("why",))

_log = logging.getLogger(__name__)


class Subscription:
    """What one stream has still to send."""

    def __init__(self, merchant_id: UUID) -> None:
        self.merchant_id = merchant_id
        self.ended = False
        self._waiting: list[Message] = []
        self._woken = asyncio.Event()

    def offer(self, offered: Message) -> None:
        """Queue a message; a reader that is too far behind is ended instead, and its queue thrown away."""
        if len(self._waiting) >= MAX_WAITING and not self.ended:
            _ended.labels("slow").inc()
            self.end()
        if not self.ended:
            self._waiting.append(offered)
            self._woken.set()

    def end(self) -> None:
        """No message will come any more."""
        self.ended = True
        self._waiting = []
        self._woken.set()

    async def take(self, timeout_s: float) -> Sequence[Message]:
        """All that waits, as soon as something does; nothing after ``timeout_s`` or the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._woken.wait()
        taken, self._waiting = self._waiting, []
        if not self.ended:
            self._woken.clear()
        return taken


class Feed:
    """Hands committed events to the subscriptions of their merchants, in order within each payment.

    Polls while somebody listens, and only then.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._subscriptions: set[Subscription] = set()
        self._poller: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._stopped = False

    async def subscribe(self, merchant_id: UUID) -> Subscription:
        """A subscription that gets all that is committed from now on; end it with ``unsubscribe``.

        RATE_LIMIT_ERROR, SERVICE_UNAVAILABLE when there are too many, after ``stop`` and without the database.
        """
        per_merchant = Counter(each.merchant_id for each in self._subscriptions)
        if per_merchant[merchant_id] >= MAX_STREAMS_PER_MERCHANT:
            raise rate_limited(RETRY_AFTER_S)
        if self._stopped or len(self._subscriptions) >= MAX_STREAMS:
            raise service_unavailable(RETRY_AFTER_S)
        subscription = Subscription(merchant_id)
        self._subscriptions.add(subscription)
        _open_streams.inc()
        if self._poller is None:
            self._ready.clear()
            self._poller = asyncio.create_task(self._run(), name="live events")
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                await self._ready.wait()
        except BaseException as error:
            self.unsubscribe(subscription)
            if isinstance(error, TimeoutError):
                raise service_unavailable(RETRY_AFTER_S) from None
            raise
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """The stream is over. The poller ends with the last one."""
        if subscription not in self._subscriptions:
            return
        self._subscriptions.remove(subscription)
        _open_streams.dec()
        if not self._subscriptions and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    def stop(self) -> None:
        """End all streams at once and take no new ones."""
        self._stopped = True
        for subscription in self._subscriptions:
            _ended.labels("stop").inc()
            subscription.end()

    async def aclose(self) -> None:
        """Stop, and wait for the poller."""
        self.stop()
        poller, self._poller = self._poller, None
        if poller is not None:
            poller.cancel()
            await asyncio.wait([poller])

    async def _run(self) -> None:
        """Poll until cancelled. A fault of ours ends all streams: they come back, instead of waiting for nothing."""
        try:
            await self._poll_for_ever()
        except Exception:  # noqa: BLE001 -- whatever it is, nobody may wait for nothing
            _log.exception("the poller of events failed")
            self._poller = None
            for subscription in self._subscriptions:
                _ended.labels("fault").inc()
                subscription.end()

    async def _poll_for_ever(self) -> None:
        window: Window | None = None
        while True:
            pause_s = POLL_EVERY_S
            try:
                if window is None:
                    window = await self._open_window()
                    self._ready.set()
                elif await self._poll(window):
                    pause_s = 0.0
            except UNAVAILABLE as error:
                _log.warning("cannot follow events: %s", type(error).__name__)
                pause_s = AFTER_FAILURE_S
            await asyncio.sleep(pause_s)

    async def _open_window(self) -> Window:
        """A window on the end of the log that knows what is not committed there yet."""
        async with reading(self._pool) as conn:
            after = max(0, await live.newest_id(conn) - OVERLAP_IDS)
            ids = await live.committed_ids(conn, after, limit=OVERLAP_IDS * 2)
        window = Window(after)
        window.take(ids, _now_s())
        return window

    async def _poll(self, window: Window) -> bool:
        """Hand out what is new; whether more may be there already."""
        merchants = {each.merchant_id for each in self._subscriptions}
        async with reading(self._pool) as conn:
            found = await live.appeared(conn, window.after, window.missing, merchants, BATCH)
        new = set(window.take([event.id for event in found], _now_s()))
        for event in found:
            if event.id in new and event.payload is not None:
                self._hand_out(event)
        return len(found) >= BATCH

    def _hand_out(self, event: SeenEvent) -> None:
        shown = message(event)
        for subscription in self._subscriptions:
            if subscription.merchant_id == event.merchant_id:
                subscription.offer(shown)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
