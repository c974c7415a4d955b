"""Idempotency answers are promised for 24 hours; what is older goes, or the table would only ever grow."""

from __future__ import annotations

import asyncio
import logging

from gateway_core.db.pool import UNAVAILABLE, Pool, transaction
from gateway_core.db.queries.idempotency import purge_expired

PURGE_EVERY_S = 60.0
BATCH = 1_000
PAUSE_S = 0.1
"""Between two full batches: an overdue purge must not keep the database from its work."""

_log = logging.getLogger(__name__)


async def purge_for_ever(pool: Pool, *, batch: int = BATCH) -> None:
    """Delete expired answers in batches. Every worker does: they step over one another's rows."""
    while True:
        gone = 0
        try:
            async with transaction(pool) as conn:
                gone = await purge_expired(conn, batch)
        except UNAVAILABLE as error:
            _log.warning("expired idempotency keys stay for now: %s", error)
        await asyncio.sleep(PAUSE_S if gone == batch else PURGE_EVERY_S)
