"""The ``inv_*`` views: each must be empty at any instant."""

from __future__ import annotations

from psycopg import sql

from gateway_core.db.pool import Connection

MAX_ROWS_SHOWN = 20


async def violations(conn: Connection) -> dict[str, list[dict[str, object]]]:
    """By view name, up to ``MAX_ROWS_SHOWN`` rows of every invariant that does not hold."""
    broken: dict[str, list[dict[str, object]]] = {}
    for view in await views(conn):
        query = sql.SQL("SELECT * FROM {} LIMIT {}").format(sql.Identifier(view), sql.Literal(MAX_ROWS_SHOWN))
        found = await (await conn.execute(query)).fetchall()
        if found:
            broken[view] = found
    return broken


async def views(conn: Connection) -> list[str]:
    """The names of all invariants."""
    cursor = await conn.execute(
        "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'inv\\_%%' ORDER BY viewname"
    )
    return [row["viewname"] for row in await cursor.fetchall()]


async def count(conn: Connection, view: str, *, timeout_ms: int) -> int:
    """How many rows violate the invariant ``view``. Without a LIMIT: it would have the plan made for many rows.

    Raises ``QueryCanceled``, which ``UNAVAILABLE`` covers, after ``timeout_ms``.
    """
    await conn.execute(sql.SQL("SET LOCAL statement_timeout = {}").format(sql.Literal(timeout_ms)))
    query = sql.SQL("SELECT count(*) AS violations FROM {}").format(sql.Identifier(view))
    row = await (await conn.execute(query)).fetchone()
    return int(row["violations"]) if row else 0
