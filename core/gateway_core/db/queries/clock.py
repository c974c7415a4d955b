"""The database's clock: the one clock that all services share."""

from __future__ import annotations

from datetime import datetime

from gateway_core.db.pool import Connection


async def transaction_time(conn: Connection) -> datetime:
    """The start of the current transaction in UTC: what ``now()`` gives every statement in it."""
    row = await (await conn.execute("SELECT now() AS now")).fetchone()
    assert row is not None  # a SELECT without FROM always has one row
    now: datetime = row["now"]
    return now
