"""Check every invariant of the database: ``python -m gateway_core.db.invariants``."""

from __future__ import annotations

import asyncio
import sys

from gateway_core.db.engine import UNAVAILABLE, create_engine, transaction
from gateway_core.db.queries.invariants import violations
from gateway_core.runtime.environment import load_settings
from gateway_core.runtime.settings import CoreSettings

EXIT_VIOLATED = 1
EXIT_UNAVAILABLE = 2


async def check(database_url: str) -> dict[str, list[dict[str, object]]]:
    """By view name, rows of every ``inv_*`` view that is not empty. Raises what ``UNAVAILABLE`` lists."""
    engine = create_engine(database_url, pool_size=1, application_name="invariants")
    try:
        async with transaction(engine) as conn:
            return await violations(conn)
    finally:
        await engine.dispose()


def main() -> int:
    """Print what is violated; 0 when nothing is."""
    try:
        broken = asyncio.run(check(load_settings(CoreSettings).database_url))
    except UNAVAILABLE as error:
        print(f"the database cannot be reached: {error}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    for view, rows in broken.items():
        print(f"{view}:", *rows, sep="\n  ")
    print("all invariants hold" if not broken else f"{len(broken)} invariants violated")
    return EXIT_VIOLATED if broken else 0


if __name__ == "__main__":
    sys.exit(main())
