"""Alembic's entry point; ``gateway_core.db.migrate`` hands it an open connection."""

from __future__ import annotations

from alembic import context

from gateway_core.db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
