"""An order may be of one minor unit, which is the least amount of currencies without decimals."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql_beside(__file__)
