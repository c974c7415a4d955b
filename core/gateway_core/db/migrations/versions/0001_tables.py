"""Tables of the contract, the event log and the workers' bookkeeping."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql_beside(__file__)
