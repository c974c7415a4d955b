"""Passwords, sessions, and the life of API keys."""

from __future__ import annotations

from gateway_core.db.migrations.sql import run_sql_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql_beside(__file__)
