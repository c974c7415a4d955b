"""``gateway migrate``: bring the database to this version, then seed the test merchant or refuse to leave it."""

from __future__ import annotations

import asyncio
from typing import Final, Literal, TypeAlias

import typer

from gateway_cli.database import Refused, one_line
from gateway_cli.output import AsJson, examples, print_json
from gateway_core.db.pool import create_pool
from gateway_core.db.seed import is_test_merchant_active, seed_test_merchant
from gateway_core.runtime.environment import load_settings, refuse_to_start
from gateway_core.runtime.settings import TestMerchantSettings

EXAMPLES: Final = examples("gateway migrate", "gateway migrate --json")
TestMerchant: TypeAlias = Literal["created", "exists", "absent"]
SENTENCES: Final[dict[TestMerchant, str]] = {
    "created": "The test merchant was created.",
    "exists": "The test merchant exists already.",
    "absent": "There is no test merchant.",
}


class MigrateSettings(TestMerchantSettings):
    """Migrating needs no Redis."""

    redis_url: str = ""


def migrate_command(as_json: AsJson = False) -> None:
    """Apply the migrations. With GATEWAY_ENV=local, create the test merchant too.

    May be run again, and by several processes at once. A database that a later version has migrated stays as it is.
    """
    settings = load_settings(MigrateSettings)
    revision = _upgrade(settings.database_url)
    test_merchant = asyncio.run(_seed_or_refuse(settings))
    if as_json:
        print_json({"revision": revision, "test_merchant": test_merchant})
    else:
        typer.echo(f"The database is at revision {revision}. {SENTENCES[test_merchant]}")


def _upgrade(database_url: str) -> str:
    # Alembic and SQLAlchemy take longer to import than any other command takes to run.
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    from gateway_core.db.migrate import upgrade

    try:
        return upgrade(database_url)
    except (DBAPIError, CommandError) as error:
        cause = getattr(error, "orig", None) or error
        raise Refused(f"the database is not migrated: {one_line(cause)}") from None


async def _seed_or_refuse(settings: MigrateSettings) -> TestMerchant:
    async with create_pool(settings.database_url, size=1, application_name="gateway-cli") as pool:
        if settings.is_local:
            return "created" if await seed_test_merchant(pool, settings) else "exists"
        if await is_test_merchant_active(pool):
            refuse_to_start("GATEWAY_ENV=production and the published test merchant is active")
        return "absent"
