"""How much CPU time a process and its children have used. Linux only; 0 elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

USER, SYSTEM, ENDED_CHILDREN_USER, ENDED_CHILDREN_SYSTEM = 11, 12, 13, 14


def cpu_s(pid: int) -> float:
    """CPU seconds of ``pid``, its running children and those of its children that have ended."""
    own = _ticks(pid, USER, SYSTEM, ENDED_CHILDREN_USER, ENDED_CHILDREN_SYSTEM)
    return (own + sum(_ticks(child, USER, SYSTEM) for child in _children(pid))) / os.sysconf("SC_CLK_TCK")


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
