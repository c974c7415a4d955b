"""Whose deliveries may be sent next: receivers that hang must neither take every slot nor delay those that answer.

ADR 0008 has the reasoning. Pure: it is told what begins and how it ended, and says what may be claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway_core.db.queries.delivery_work import AttemptRecord, Share, Shares
from webhook_dispatcher.stages import Finished

USUAL_WINDOW: Final = 8
"""What a merchant of whom nothing is known may have in flight."""
QUICK_MS: Final = 1000
"""An attempt that ends sooner is no silence, answered or not: it holds its slot for too short a time to do harm."""
FREE_PER_MERCHANT: Final = 4
SILENT_PER_SLOTS: Final = 4
MAX_KNOWN: Final = 10_000
"""Merchants remembered at most while nothing of theirs is in flight."""


@dataclass(slots=True)
class _Merchant:
    window: int
    in_flight: int = 0
    silent: bool = False


class SlotShares:
    """The shares in ``slots`` attempts at once; ``widest`` is the most that one merchant is ever given.

    A merchant's window begins at ``USUAL_WINDOW`` and grows by one with each attempt that is answered while half of it
    is in use. One without any answer brings it back, and makes the merchant *silent* until its next answer. Nobody may
    hold more than a quarter of what is free, and all silent ones together no more than a quarter of all.
    """

    def __init__(self, *, slots: int, widest: int) -> None:
        self._slots = slots
        self._widest = widest
        self._usual = min(USUAL_WINDOW, widest)
        self._merchants: dict[UUID, _Merchant] = {}
        self._in_flight = 0

    def begin(self, merchant_id: UUID) -> None:
        """An attempt has been taken on."""
        self._merchants.setdefault(merchant_id, _Merchant(self._usual)).in_flight += 1
        self._in_flight += 1

    def end(self, merchant_id: UUID, finished: Finished | None) -> None:
        """It is over. Only a record of it says something about the receiver."""
        merchant = self._merchants[merchant_id]
        if isinstance(finished, AttemptRecord):
            self._learn(merchant, finished)
        merchant.in_flight -= 1
        self._in_flight -= 1
        unremarkable = merchant.window == self._usual and not merchant.silent
        if not merchant.in_flight and (unremarkable or len(self._merchants) > MAX_KNOWN):
            del self._merchants[merchant_id]

    def shares(self) -> Shares:
        """What may be claimed now. A round takes a quarter of what is free: it is claimed before it is counted."""
        free = self._slots - self._in_flight
        silent_free = self._slots // SILENT_PER_SLOTS - sum(
            merchant.in_flight for merchant in self._merchants.values() if merchant.silent
        )
        quarter, silent_quarter = _quarter(free), min(_quarter(free), _quarter(silent_free))
        named = [
            Share(
                merchant_id,
                merchant.in_flight,
                _room(merchant, silent_quarter if merchant.silent else quarter),
                merchant.silent,
            )
            for merchant_id, merchant in self._merchants.items()
        ]
        return Shares(quarter, min(self._usual, quarter), silent_quarter, named)

    def _learn(self, merchant: _Merchant, made: AttemptRecord) -> None:
        merchant.silent = made.response_code is None and made.duration_ms >= QUICK_MS
        if merchant.silent:
            merchant.window = self._usual
        elif 2 * merchant.in_flight >= merchant.window:
            merchant.window = min(merchant.window + 1, self._widest)


def _quarter(free: int) -> int:
    """Rounded up, so that the last free slots are for those who have none."""
    return max(0, -(-free // FREE_PER_MERCHANT))


def _room(merchant: _Merchant, most: int) -> int:
    return max(0, min(merchant.window, most) - merchant.in_flight)
