"""When a failed delivery is tried again (contract, "Webhooks")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from gateway_core.domain.delivery import AttemptOutcome

PRODUCTION_GAPS_S: Final = (60, 300, 1800, 7200)
TEST_GAPS_S: Final = (5, 10, 15, 20)
MAX_GAPS: Final = 20
MAX_GAP_S: Final = 7 * 24 * 3600
MAX_HINT_S: Final = 2 * 3600
"""What a receiver asks for beyond this is not granted."""
MAX_JITTER_SHARE: Final = 0.1
MAX_JITTER_S: Final = 60.0

_SECONDS = re.compile(r"[0-9]{1,7}")
_HTTP_DATE: Final = "%a, %d %b %Y %H:%M:%S GMT"
_ASKING: Final = frozenset({429, 503})
"""The statuses with which a receiver may ask for time (RFC 6585, section 4; RFC 9110, section 15.6.4)."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The merchant has it."""


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Try again `gap_s` seconds after this attempt."""

    gap_s: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """That was the last attempt."""


RetryDecision: TypeAlias = Delivered | RetryIn | GiveUp


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """The gaps before the second and every later attempt, in seconds. Raises ValueError out of bounds.

    An `exact` one is kept to the second, whatever a receiver asks for: tests of a merchant's wait for it.
    """

    gaps_s: tuple[int, ...] = PRODUCTION_GAPS_S
    exact: bool = False

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

    def after_attempt(
        self,
        attempts_made: int,
        outcome: AttemptOutcome,
        *,
        asked_s: float | None = None,
        spread: float = 0.0,
    ) -> RetryDecision:
        """What follows attempt number `attempts_made` (the first is 1).

        `asked_s` is what the receiver asked for in `Retry-After`. `spread`, of 0 to 1, says how much of the jitter is
        added, so that what failed together does not come again together.
        """
        if attempts_made < 1:
            raise ValueError("attempts are counted from 1")
        if outcome.succeeded:
            return Delivered()
        if attempts_made >= self.max_attempts:
            return GiveUp()
        gap_s = self.gaps_s[attempts_made - 1]
        if self.exact:
            return RetryIn(gap_s)
        jittered_s = gap_s + spread * min(gap_s * MAX_JITTER_SHARE, MAX_JITTER_S)
        if asked_s is None or outcome.response_code not in _ASKING:
            return RetryIn(jittered_s)
        return RetryIn(max(jittered_s, min(asked_s, MAX_HINT_S)))


def asked_wait_s(retry_after: str, now: datetime) -> float | None:
    """The wait that a `Retry-After` header asks for, in seconds or as a date; None for one that says neither."""
    text = retry_after.strip(" ")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = datetime.strptime(text, _HTTP_DATE).replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds())
