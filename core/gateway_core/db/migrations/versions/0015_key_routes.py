"""An idempotency key knows method and path of the request that it was used with."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql_beside(__file__)
