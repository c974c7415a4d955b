"""Writes ``grafana/dashboards/*.json``. Change the panels here, not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from observability.boards.grafana import text
from observability.boards.overview import OVERVIEW
from observability.boards.payments import PAYMENTS
from observability.boards.servers import SERVERS
from observability.boards.webhooks import WEBHOOKS
from observability.boards.workers import WORKERS

FOLDER = Path(__file__).parents[1] / "grafana" / "dashboards"


def files() -> Iterator[tuple[Path, str]]:
    """Each dashboard's path and text."""
    for board in (OVERVIEW, PAYMENTS, WEBHOOKS, WORKERS, SERVERS):
        yield FOLDER / f"{board.uid.removeprefix('gateway-')}.json", text(board)


if __name__ == "__main__":
    for path, content in files():
        path.write_text(content, encoding="utf-8")
