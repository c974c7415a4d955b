"""Whether a worker holds a payment or a refund: a lease that ran out is told from a question that is due."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql_beside(__file__)
