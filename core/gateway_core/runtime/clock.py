"""The process's clock. What is compared across processes (leases, due times, windows) uses the database's instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""The present time, aware."""


def utc_now() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)
