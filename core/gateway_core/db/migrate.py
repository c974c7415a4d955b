"""Apply the migrations: ``python -m gateway_core.db.migrate``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

LOCK_TIMEOUT_MS = 5_000
MIGRATION_LOCK = 7_302_414_001
"""Advisory lock: several replicas may start at once, one migrates and the others find nothing to do."""


def upgrade(database_url: str) -> None:
    """Bring the database at ``database_url`` (libpq form) to the newest revision, in one transaction.

    A statement that waits longer than ``LOCK_TIMEOUT_MS`` for a lock fails instead of queueing all traffic
    behind it. Raises SQLAlchemy's ``DBAPIError``.
    """
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
            command.upgrade(alembic_config(connection), "head")
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration bound to an open connection; there is no alembic.ini to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
