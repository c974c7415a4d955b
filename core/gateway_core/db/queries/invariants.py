"""The ``inv_*`` views: each must be empty at any instant."""

from __future__ import annotations

from psycopg import sql

from gateway_core.db.engine import Connection

MAX_ROWS_SHOWN = 20


async def violations(conn: Connection) -> dict[str, list[dict[str, object]]]:
    """By view name, up to ``MAX_ROWS_SHOWN`` rows of every invariant that does not hold."""
    cursor = await conn.execute(
        "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'inv\\_%%' ORDER BY viewname"
    )
    broken: dict[str, list[dict[str, object]]] = {}
    for row in await cursor.fetchall():
        query = sql.SQL("SELECT * FROM {} LIMIT {}").format(
            sql.Identifier(row["viewname"]), sql.Literal(MAX_ROWS_SHOWN)
        )
        found = await (await conn.execute(query)).fetchall()
        if found:
            broken[row["viewname"]] = found
    return broken
