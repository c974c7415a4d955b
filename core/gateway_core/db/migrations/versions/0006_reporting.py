"""Indexes for the dashboard's lists and totals."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql_beside(__file__)
