"""Revisions written as SQL: the file of the same name beside the revision."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run_sql_beside(revision_file: str) -> None:
    """Run the ``.sql`` file that stands beside ``revision_file`` in the migration's transaction."""
    sql = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
