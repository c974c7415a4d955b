"""A replaced webhook secret goes on to sign for a while, so that a receiver can be changed without a gap."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql_beside(__file__)
