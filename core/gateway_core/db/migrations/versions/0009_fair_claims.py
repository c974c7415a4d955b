"""Claims of deliveries merchant by merchant: one with a large backlog is no longer in the way of the others."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql_beside(__file__)
