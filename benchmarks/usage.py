"""CPU time and memory by process. Linux only; elsewhere all is 0."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

DRIVER = "load"
USER, SYSTEM, ENDED_CHILDREN_USER, ENDED_CHILDREN_SYSTEM = 11, 12, 13, 14


class Meter:
    """CPU time used since creation. ``read`` gives CPU seconds so far by process, without the load generator."""

    def __init__(self, read: Callable[[], Mapping[str, float]]) -> None:
        self._read = read
        self._used = self._use()

    def per_payment(self, payments: int) -> dict[str, float]:
        """CPU milliseconds per payment by process."""
        return {
            name: 1000 * (used - self._used.get(name, 0.0)) / payments for name, used in self._use().items()
        }

    def _use(self) -> dict[str, float]:
        return {**self._read(), DRIVER: sum(os.times()[:4])}


def named(cpu_ms: Mapping[str, float]) -> str:
    """For a person: the largest first."""
    return ", ".join(f"{name} {ms:.2f}" for name, ms in sorted(cpu_ms.items(), key=lambda use: -use[1]))


def cpu_s(pid: int) -> float:
    """CPU seconds of ``pid``, its running children and those of its children that have ended."""
    own = _ticks(pid, USER, SYSTEM, ENDED_CHILDREN_USER, ENDED_CHILDREN_SYSTEM)
    return (own + sum(_ticks(child, USER, SYSTEM) for child in _children(pid))) / os.sysconf("SC_CLK_TCK")


def rss_mib(pid: int) -> float:
    """Resident memory of ``pid``, what it shares with others included."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _ticks(pid: int, *fields: int) -> int:
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(values[field]) for field in fields)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
