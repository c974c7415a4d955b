"""What operators decided about payments and refunds whose end the acquirer does not tell."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql_beside(__file__)
