"""Which network a card number belongs to, and what its numbers and security codes look like.

The pages read the same table from ``web/rules.json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CardNetwork:
    """A network, the leading digits of its numbers (``"4"``, or ``"51-55"``), their lengths, and its CVV's length."""

    name: str
    ranges: tuple[str, ...]
    lengths: tuple[int, ...]
    cvv_digits: int = 3

    def matched_digits(self, number: str) -> int:
        """How many leading digits of ``number`` the longest matching range covers; 0 if none does."""
        return max((_matched_digits(number, each) for each in self.ranges), default=0)


def _matched_digits(number: str, digit_range: str) -> int:
    low, _, high = digit_range.partition("-")
    return len(low) if low <= number[: len(low)] <= (high or low) else 0


NETWORKS: Final = (
    CardNetwork("visa", ("4",), (13, 16, 18, 19)),
    CardNetwork("mastercard", ("51-55", "222100-272099"), (16,)),
    CardNetwork("amex", ("34", "37"), (15,), cvv_digits=4),
    # NPCI's part of 65; its 353 and 356 are issued with JCB and run in JCB's longer range.
    CardNetwork("rupay", ("508", "60", "652100-653149", "81", "82"), (16,)),
    CardNetwork("diners", ("300-305", "3095", "36", "38", "39"), (14, 15, 16, 17, 18, 19)),
    CardNetwork("discover", ("6011", "644-649", "65"), (16, 17, 18, 19)),
    CardNetwork("jcb", ("3528-3589",), (16, 17, 18, 19)),
    CardNetwork("unionpay", ("62",), (16, 17, 18, 19)),
    CardNetwork("maestro", ("50", "56-59", "63", "67"), (12, 13, 14, 15, 16, 17, 18, 19)),
)
UNKNOWN_NETWORK: Final = CardNetwork("unknown", (), (13, 14, 15, 16, 17, 18, 19))
"""What a number that no range matches is held to."""


def network_of(number: str) -> CardNetwork:
    """The network with the longest matching range; ``number`` is ASCII digits without separators."""
    found = max(NETWORKS, key=lambda network: network.matched_digits(number))
    return found if found.matched_digits(number) else UNKNOWN_NETWORK
