"""Merchants' settings, and indexes by which a search finds payments."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql_beside(__file__)
