"""Check every invariant of the database: ``python -m gateway_core.db.invariants``."""

from __future__ import annotations

import asyncio
import sys

import psycopg
from psycopg.rows import dict_row
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway_core.db.pool import CONNECT_TIMEOUT_S, SESSION_OPTIONS, UNAVAILABLE
from gateway_core.db.queries.invariants import violations
from gateway_core.runtime.environment import load_settings
from gateway_core.runtime.settings import DatabaseUrl

PATIENCE_MS = 600_000
"""For one view: they read whole tables."""
EXIT_VIOLATED = 1
EXIT_UNAVAILABLE = 2


class InvariantSettings(BaseSettings):
    """Reading needs PostgreSQL only: a restored backup is checked before it has a Redis or a key."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    database_url: DatabaseUrl


async def check(database_url: str) -> dict[str, list[dict[str, object]]]:
    """By view name, rows of every ``inv_*`` view that is not empty. Raises what ``UNAVAILABLE`` lists.

    A connection of its own: the bounds of the pool's are for requests, which others wait behind.
    """
    connecting = psycopg.AsyncConnection.connect(
        database_url,
        row_factory=dict_row,
        connect_timeout=CONNECT_TIMEOUT_S,
        application_name="invariants",
        options=f"{SESSION_OPTIONS} -c statement_timeout={PATIENCE_MS}",
    )
    async with await connecting as conn:
        return await violations(conn)


def main() -> int:
    """Print what is violated; 0 when nothing is."""
    try:
        broken = asyncio.run(check(load_settings(InvariantSettings).database_url))
    except UNAVAILABLE as error:
        print(f"the database cannot be reached: {error}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    for view, rows in broken.items():
        print(f"{view}:", *rows, sep="\n  ")
    print("all invariants hold" if not broken else f"{len(broken)} invariants violated")
    return EXIT_VIOLATED if broken else 0


if __name__ == "__main__":
    sys.exit(main())
