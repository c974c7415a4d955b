"""Concurrency limits: receivers that hang must neither take every slot nor delay those that respond.

ADR 0008 has the reasoning. Pure: it is told when attempts begin and end, and says what may be claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway_core.db.queries.attempts import AttemptRecord
from gateway_core.db.queries.delivery_work import Capacity, MerchantCapacity
from webhook_dispatcher.stages import Finished

INITIAL_WINDOW: Final = 8
"""How many deliveries a merchant may have in flight before anything is known about its receiver."""
UNRESPONSIVE_AFTER_MS: Final = 1000
"""An attempt that ends sooner without a response (refused, reset) holds its slot for too short a time to do harm."""
FREE_DIVISOR: Final = 4
"""No merchant holds more than this part of the free slots."""
UNRESPONSIVE_DIVISOR: Final = 4
"""All unresponsive merchants together hold no more than this part of all slots."""
MAX_REMEMBERED: Final = 10_000
"""Merchants remembered at most while they have nothing in flight."""


@dataclass(slots=True)
class _Merchant:
    window: int
    in_flight: int = 0
    unresponsive: bool = False


class ConcurrencyLimits:
    """Divides ``slots`` attempts at once among merchants; none ever has more than ``max_window``.

    A merchant's window begins at ``INITIAL_WINDOW`` and grows by one with each response that arrives while half of it
    is in use. An attempt without a response resets it and makes the merchant *unresponsive* until its next response.
    """

    def __init__(self, *, slots: int, max_window: int) -> None:
        self._slots = slots
        self._max_window = max_window
        self._initial_window = min(INITIAL_WINDOW, max_window)
        self._merchants: dict[UUID, _Merchant] = {}
        self._in_flight = 0

    def begin(self, merchant_id: UUID) -> None:
        """An attempt begins."""
        self._merchants.setdefault(merchant_id, _Merchant(self._initial_window)).in_flight += 1
        self._in_flight += 1

    def end(self, merchant_id: UUID, finished: Finished | None) -> None:
        """An attempt ended. Only an ``AttemptRecord`` says something about the receiver."""
        merchant = self._merchants[merchant_id]
        if isinstance(finished, AttemptRecord):
            self._learn(merchant, finished)
        merchant.in_flight -= 1
        self._in_flight -= 1
        unremarkable = merchant.window == self._initial_window and not merchant.unresponsive
        if not merchant.in_flight and (unremarkable or len(self._merchants) > MAX_REMEMBERED):
            del self._merchants[merchant_id]

    def capacity(self) -> Capacity:
        """What may be claimed now: a quarter of the free slots, since a round is claimed before it is counted."""
        free = self._slots - self._in_flight
        unresponsive_free = self._slots // UNRESPONSIVE_DIVISOR - sum(
            merchant.in_flight for merchant in self._merchants.values() if merchant.unresponsive
        )
        quarter = _part_of(free)
        unresponsive_quarter = min(quarter, _part_of(unresponsive_free))
        known = [
            MerchantCapacity(
                merchant_id,
                merchant.in_flight,
                _left(merchant, unresponsive_quarter if merchant.unresponsive else quarter),
                merchant.unresponsive,
            )
            for merchant_id, merchant in self._merchants.items()
        ]
        return Capacity(quarter, min(self._initial_window, quarter), unresponsive_quarter, known)

    def _learn(self, merchant: _Merchant, attempt: AttemptRecord) -> None:
        merchant.unresponsive = attempt.response_code is None and attempt.duration_ms >= UNRESPONSIVE_AFTER_MS
        if merchant.unresponsive:
            merchant.window = self._initial_window
        elif 2 * merchant.in_flight >= merchant.window:
            merchant.window = min(merchant.window + 1, self._max_window)


def _part_of(free: int) -> int:
    """Rounded up, so that the last free slots go to merchants that hold none."""
    return max(0, -(-free // FREE_DIVISOR))


def _left(merchant: _Merchant, most: int) -> int:
    return max(0, min(merchant.window, most) - merchant.in_flight)
