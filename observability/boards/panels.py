"""What a dashboard is made of, and the PromQL that panels share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

API = 'route=~"/api/v1/.*"'


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chart. ``queries`` are legend → PromQL; ``width`` is of 24 columns."""

    title: str
    queries: Mapping[str, str]
    unit: str = "short"
    width: int = 8
    kind: Literal["timeseries", "stat"] = "timeseries"
    stacked: bool = False
    help: str = ""
    red_from: float | None = None
    """Where the value begins to be a matter for somebody."""


@dataclass(frozen=True)
class Board:
    """One dashboard: rows of panels under their titles."""

    uid: str
    title: str
    rows: Mapping[str, Sequence[Panel]]


def quantile(q: float, metric: str, *by: str, where: str = "") -> str:
    """The ``q`` quantile of the histogram ``metric`` over the dashboard's interval."""
    labels = ", ".join(("le", *by))
    return f"histogram_quantile({q}, sum by ({labels}) (rate({metric}_bucket{where}[$__rate_interval])))"


def rate(metric: str, *by: str, where: str = "") -> str:
    """Per second, summed over processes."""
    over = f" by ({', '.join(by)})" if by else ""
    return f"sum{over} (rate({metric}{where}[$__rate_interval]))"


WORK = Panel(
    title="Queue work",
    queries={
        "{{queue}}": "max by (queue) (gateway_queue_due_backlog) + sum by (queue) (gateway_worker_in_flight)"
    },
    width=12,
    help="What the workers scale on: rows that are due, and rows in flight.",
)
OLDEST = Panel(
    title="Oldest due row",
    queries={"{{queue}}": "max by (queue) (gateway_queue_oldest_due_age_seconds)"},
    unit="s",
    width=12,
    red_from=60,
    help="How long the longest waiting row has been due. More than a minute is paged.",
)
