"""Apply the migrations, then seed or check: ``python -m gateway_core.db.migrate``."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from gateway_core.db.pool import create_pool
from gateway_core.db.seed import is_test_merchant_active, seed_test_merchant
from gateway_core.runtime.environment import load_settings, refuse_to_start
from gateway_core.runtime.logs import configure_logging
from gateway_core.runtime.settings import TestMerchantSettings

LOCK_TIMEOUT_MS = 5_000
MIGRATION_LOCK = 7_302_414_001
"""Advisory lock: several replicas may start at once, one migrates and the others find nothing to do."""

_log = logging.getLogger("gateway_core.db.migrate")


class MigrateSettings(TestMerchantSettings):
    """Migrating needs PostgreSQL only."""

    redis_url: str = ""


def main() -> None:
    """Migrate; seed the test merchant in a local evaluation, refuse (exit code 78) to leave it in production."""
    settings = load_settings(MigrateSettings)
    configure_logging("migrate", level=settings.log_level, log_format=settings.log_format)
    try:
        upgrade(settings.database_url)
    except OperationalError as error:
        if error.statement is not None:
            raise
        refuse_to_start(f"DATABASE_URL: {' '.join(str(error.orig).split())}", exit_code=1)
    _log.info("the database is migrated")
    asyncio.run(_seed_or_refuse(settings))


async def _seed_or_refuse(settings: MigrateSettings) -> None:
    async with create_pool(settings.database_url, size=1, application_name="migrate") as pool:
        if settings.is_local:
            created = await seed_test_merchant(pool, settings)
            _log.info("the test merchant %s", "was created" if created else "is there already")
        elif await is_test_merchant_active(pool):
            refuse_to_start("GATEWAY_ENV=production and the published test merchant is active")


def upgrade(database_url: str) -> None:
    """Bring the database at ``database_url`` (libpq form) to the newest revision, in one transaction.

    One that a later version has migrated stays as it is: migrations only add, and going back to the version before
    must not fail here. A statement that waits longer than ``LOCK_TIMEOUT_MS`` for a lock fails instead of queueing
    all traffic behind it. Raises SQLAlchemy's ``DBAPIError``, and alembic's ``CommandError`` for the database of
    another program.
    """
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
            config = alembic_config(connection)
            if later := _later_revision(connection, config):
                _log.warning("the database is at revision %s of a later version: left as it is", later)
            else:
                command.upgrade(config, "head")
    finally:
        engine.dispose()


def _later_revision(connection: Connection, config: Config) -> str | None:
    """The database's revision if it comes after all that this version knows. Revisions are numbers of four digits."""
    current = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(config).get_current_head()
    is_number = current is not None and len(current) == len(str(newest)) and current.isdecimal()
    return current if is_number and str(current) > str(newest) else None


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration bound to an open connection; there is no alembic.ini to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


if __name__ == "__main__":
    main()
