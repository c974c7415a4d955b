"""Who may frame a merchant's checkout, and the payer's authentication."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql_beside(__file__)
