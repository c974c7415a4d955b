"""Which events a merchant wants, and what was sent and answered at each attempt."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql_beside(__file__)
