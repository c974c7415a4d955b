"""What arrived, in memory and in ``webhook-logs.json``."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict, deque
from collections.abc import Sequence
from pathlib import Path

from merchant.delivery import Delivery

MAX_KEPT = 1_000
MAX_REMEMBERED_IDS = 10_000


class DeliveryLog:
    """The last ``MAX_KEPT`` deliveries, each once, in a file that is a valid JSON array at any time."""

    def __init__(self, path: Path) -> None:
        """Continue the file at ``path``. Raises ValueError when it holds something else, OSError when unreadable."""
        self._path = path
        self._kept: deque[tuple[Delivery, str]] = deque(maxlen=MAX_KEPT)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._added = 0
        self._saved = 0
        self._saving = asyncio.Lock()
        for delivery in _read(path):
            self._keep(delivery)

    def newest(self, limit: int) -> Sequence[Delivery]:
        """Up to ``limit`` deliveries, newest first."""
        return [delivery for delivery, _ in list(self._kept)[: -limit - 1 : -1]]

    async def add(self, delivery: Delivery) -> bool:
        """Store a delivery; False when it is there already. Raises OSError when the file cannot be written.

        Returns once it is in the file, so that a 200 says it is safe. What arrives during one write shares the
        next.
        """
        if delivery.id in self._seen:
            return False
        self._keep(delivery)
        self._added += 1
        mine = self._added
        try:
            async with self._saving:
                if self._saved < mine:
                    await self._save()
        except OSError:
            self._seen.pop(delivery.id, None)  # the gateway tries again, and then it is no duplicate
            raise
        return True

    async def _save(self) -> None:
        upto, lines = self._added, [line for _, line in self._kept]
        await asyncio.to_thread(_write, self._path, lines)
        self._saved = upto

    def _keep(self, delivery: Delivery) -> None:
        self._kept.append((delivery, json.dumps(delivery.json(), ensure_ascii=False)))
        self._seen[delivery.id] = None
        if len(self._seen) > MAX_REMEMBERED_IDS:
            self._seen.popitem(last=False)


def _read(path: Path) -> list[Delivery]:
    if not path.exists():
        return []
    try:
        return [Delivery(**entry) for entry in json.loads(path.read_bytes())]
    except (ValueError, TypeError):
        raise ValueError(f"{path} is no log of this receiver: move it away") from None


def _write(path: Path, lines: Sequence[str]) -> None:
    """Readers see the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    temporary.replace(path)
