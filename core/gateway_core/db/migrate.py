"""Apply the migrations."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

LOCK_TIMEOUT_MS = 5_000
MIGRATION_LOCK = 7_302_414_001
"""Advisory lock: several replicas may start at once, one migrates and the others find nothing to do."""

_log = logging.getLogger("gateway_core.db.migrate")


def upgrade(database_url: str) -> str:
    """Bring the database at ``database_url`` (libpq form) to the newest revision, in one transaction.

    Returns the revision that it is at afterwards.

    One that a later version has migrated stays as it is: migrations only add, and going back to the version before
    must not fail here. A statement that waits longer than ``LOCK_TIMEOUT_MS`` for a lock fails instead of queueing
    all traffic behind it. Raises SQLAlchemy's ``DBAPIError``, and alembic's ``CommandError`` for the database of
    another program.
    """
    # psycopg reads the URL: SQLAlchemy's own parser takes no list of servers with ports.
    engine = create_engine("postgresql+psycopg://", creator=partial(psycopg.connect, database_url))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
            config = alembic_config(connection)
            newest = str(ScriptDirectory.from_config(config).get_current_head())
            if later := _later_revision(connection, newest):
                _log.warning("the database is at revision %s of a later version: left as it is", later)
                return later
            command.upgrade(config, "head")
            return newest
    finally:
        engine.dispose()


def _later_revision(connection: Connection, newest: str) -> str | None:
    """The database's revision if it comes after all that this version knows. Revisions are numbers of four digits."""
    current = MigrationContext.configure(connection).get_current_revision()
    is_number = current is not None and len(current) == len(newest) and current.isdecimal()
    return current if is_number and str(current) > newest else None


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration bound to an open connection; there is no alembic.ini to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
