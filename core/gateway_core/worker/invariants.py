"""The invariants as a metric, never counted often enough to be felt."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from gateway_core.db.pool import UNAVAILABLE, Pool, create_pool, reading, transaction
from gateway_core.db.queries import invariants
from gateway_core.runtime.metrics import CachedGauge, counter

FIRST_CHECK_AFTER_S = 5.0
"""By then it is known who leads."""
CHECK_EVERY_S = 60.0
REST_FACTOR = 20
"""A check that takes long is followed by a rest that many times as long: the views read whole tables."""
VIEW_TIMEOUT_MS = 15_000

_violations = CachedGauge(
    "gateway_invariant_violations",
    "Rows that violate an invariant; 0: it holds.",
    ("view",),
)
_failures = counter("gateway_invariant_check_failures_total", "Invariants that could not be counted.")

_log = logging.getLogger(__name__)


async def watch_invariants(database_url: str, leads: Callable[[], bool]) -> None:
    """Count violations for ever, over a connection of its own, whenever this process leads."""
    await asyncio.sleep(FIRST_CHECK_AFTER_S)
    while True:
        started_s = time.monotonic()
        if leads():
            # No connection is kept between checks.
            async with create_pool(database_url, size=1, application_name="invariants") as pool:
                await check_once(pool)
        else:
            _violations.withdraw_all()
        await asyncio.sleep(max(CHECK_EVERY_S, REST_FACTOR * (time.monotonic() - started_s)))


async def check_once(pool: Pool) -> None:
    """Count the violations of each invariant; one that cannot be counted has no value."""
    try:
        async with reading(pool) as conn:
            views = await invariants.views(conn)
    except UNAVAILABLE as error:
        _failures.inc()
        _violations.withdraw_all()
        _log.debug("no invariants: %s", error)
        return
    for view in views:
        await _count(pool, view)


async def _count(pool: Pool, view: str) -> None:
    try:
        async with transaction(pool) as conn:
            violations = await invariants.count(conn, view, timeout_ms=VIEW_TIMEOUT_MS)
    except UNAVAILABLE as error:
        _failures.inc()
        _violations.withdraw(view)
        _log.warning("the invariant %s could not be counted: %s", view, error)
        return
    _violations.set(violations, view)
    if violations:
        _log.error("the invariant %s does not hold: %d rows", view, violations)
