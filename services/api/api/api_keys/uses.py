"""When each API key was last used: gathered here, written now and then, so that no request pays for a write."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from gateway_core.db.pool import UNAVAILABLE, Pool, transaction
from gateway_core.db.queries.api_keys import record_uses

FLUSH_EVERY_S: Final = 30.0
CLOSE_TIMEOUT_S: Final = 2.0
MAX_KEYS: Final = 100_000

_log = logging.getLogger(__name__)


class KeyUses:
    """The latest use of each key since the last flush. What cannot be written is kept for the next one."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._used_at_s: dict[str, float] = {}

    def note(self, key: str) -> None:
        """``key`` has been used now. Beyond ``MAX_KEYS`` further keys are not noted until a flush."""
        if key in self._used_at_s or len(self._used_at_s) < MAX_KEYS:
            self._used_at_s[key] = time.time()

    async def run(self, every_s: float = FLUSH_EVERY_S) -> None:
        """Flush every ``every_s``, for ever."""
        while True:
            await asyncio.sleep(every_s)
            await self.flush()

    async def flush(self) -> None:
        """Write all noted uses in one statement; a database that is away costs a log line."""
        uses, self._used_at_s = self._used_at_s, {}
        if not uses:
            return
        try:
            async with transaction(self._pool) as conn:
                await record_uses(conn, {key: datetime.fromtimestamp(at, UTC) for key, at in uses.items()})
        except UNAVAILABLE as error:
            self._used_at_s = uses | self._used_at_s
            _log.warning(
                "the last use of %d API keys could not be written: %s", len(uses), type(error).__name__
            )
        except asyncio.CancelledError:
            self._used_at_s = uses | self._used_at_s
            raise

    async def aclose(self) -> None:
        """Write what is noted; a database that does not answer is not waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.flush()
