"""When a payment or refund was first submitted to the acquirer stands in a column of its own."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql_beside(__file__)
