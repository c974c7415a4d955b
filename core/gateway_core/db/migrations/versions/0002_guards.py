"""The append-only guard of the event log and the invariant views."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql_beside(__file__)
