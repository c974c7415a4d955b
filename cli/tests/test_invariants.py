"""``gateway invariants``, which operators run on a live database and on a restored backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Terminal

pytestmark = pytest.mark.integration


async def test_it_needs_the_database_alone(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restored backup is checked before there is anything else (docs/operations/backup-and-restore.md)."""
    for name in ("GATEWAY_ENV", "ENCRYPTION_KEY"):
        monkeypatch.delenv(name)
    assert await terminal.run("invariants") == ["All invariants hold."]
    assert await terminal.json("invariants") == {"violations": {}}


async def test_it_shows_the_rows_that_violate_one(terminal: Terminal, rows: Rows) -> None:
    (order_id,) = await rows.orders()
    await rows.run("UPDATE orders SET status = 'paid'")
    told = await terminal.json("invariants", exit_code=1)
    ((view, (row,)),) = told["violations"].items()
    assert (view, row["order_id"]) == ("inv_paid_order_has_success", order_id)
    code, out, err = await terminal.end("invariants")
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert (lines[0], lines[-1]) == ("inv_paid_order_has_success:", "1 invariant is violated.")
    assert order_id in out


async def test_it_has_time_for_large_tables(terminal: Terminal, rows: Rows) -> None:
    """The views read whole tables: what would bound a request says nothing about the database being away."""
    await rows.run("CREATE VIEW inv_patience AS SELECT current_setting('statement_timeout') AS patience")
    told = await terminal.json("invariants", exit_code=1)
    assert told == {"violations": {"inv_patience": [{"patience": "10min"}]}}
