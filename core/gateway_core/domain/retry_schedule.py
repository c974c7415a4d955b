"""When a failed delivery is tried again (contract, "Webhooks")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway_core.domain.delivery import AttemptOutcome

PRODUCTION_GAPS_S: Final = (60, 300, 1800, 7200)
TEST_GAPS_S: Final = (5, 10, 15, 20)
MAX_GAPS: Final = 20
MAX_GAP_S: Final = 7 * 24 * 3600

_SECONDS = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The merchant has it."""


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Try again `gap_s` seconds after this attempt."""

    gap_s: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """That was the last attempt."""


RetryDecision: TypeAlias = Delivered | RetryIn | GiveUp


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """The gaps before the second and every later attempt, in seconds. Raises ValueError out of bounds."""

    gaps_s: tuple[int, ...] = PRODUCTION_GAPS_S

    def __post_init__(self) -> None:
        if not 1 <= len(self.gaps_s) <= MAX_GAPS:
            raise ValueError(f"a retry schedule has 1 to {MAX_GAPS} gaps")
        if not all(1 <= gap_s <= MAX_GAP_S for gap_s in self.gaps_s):
            raise ValueError(f"each retry gap is 1 to {MAX_GAP_S} seconds")

    @classmethod
    def parse(cls, text: str) -> RetrySchedule:
        """`WEBHOOK_RETRY_INTERVALS`: whole seconds between commas, as in `60,300,1800,7200`."""
        parts = [part.strip(" ") for part in text.split(",")]
        if not all(_SECONDS.fullmatch(part) for part in parts):
            raise ValueError(f"retry intervals must be whole seconds between commas, not {text!r}")
        return cls(tuple(int(part) for part in parts))

    @property
    def max_attempts(self) -> int:
        return len(self.gaps_s) + 1

    def after_attempt(self, attempts_made: int, outcome: AttemptOutcome) -> RetryDecision:
        """What follows attempt number `attempts_made` (the first is 1)."""
        if attempts_made < 1:
            raise ValueError("attempts are counted from 1")
        if outcome.succeeded:
            return Delivered()
        if attempts_made >= self.max_attempts:
            return GiveUp()
        return RetryIn(self.gaps_s[attempts_made - 1])
