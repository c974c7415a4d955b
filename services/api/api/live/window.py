"""Which events were seen, when ids are not committed in their order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

MISSING_FOR_S: Final = 30.0
"""A transaction of the gateway is over by then, one way or the other."""
MAX_MISSING: Final = 5_000


class Window:
    """Follows a log whose ids are given out in order but committed in any order.

    An id below the greatest seen that was not seen itself belongs to a transaction that is not over yet, or was
    rolled back. It is asked for again for ``MISSING_FOR_S``; the newest ``MAX_MISSING`` of them.
    """

    def __init__(self, after: int) -> None:
        self.after = after
        self._missing: dict[int, float] = {}

    @property
    def missing(self) -> Collection[int]:
        """Ids up to ``after`` that may still appear."""
        return self._missing.keys()

    def take(self, ids: Sequence[int], now_s: float) -> Sequence[int]:
        """Those of ``ids`` (ascending) that are seen for the first time at ``now_s``, a monotonic clock's time."""
        new = []
        for event_id in ids:
            if event_id > self.after:
                first_gap = max(self.after + 1, event_id - MAX_MISSING)
                self._missing.update(dict.fromkeys(range(first_gap, event_id), now_s))
                self.after = event_id
                new.append(event_id)
            elif self._missing.pop(event_id, None) is not None:
                new.append(event_id)
        self._forget(now_s)
        return new

    def _forget(self, now_s: float) -> None:
        """Drop what is missing for too long; the oldest stand first."""
        for event_id, since_s in list(self._missing.items()):
            if now_s - since_s < MISSING_FOR_S and len(self._missing) <= MAX_MISSING:
                break
            del self._missing[event_id]
