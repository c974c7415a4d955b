"""When a failed delivery is retried (contract, "Webhooks")."""

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
MAX_RETRY_AFTER_S: Final = 2 * 3600
"""A longer `Retry-After` is shortened to this."""
MAX_JITTER_SHARE: Final = 0.1
MAX_JITTER_S: Final = 60.0

_SECONDS = re.compile(r"[0-9]{1,7}")
_HTTP_DATES: Final = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
"""As in RFC 9110, section 5.6.7: the present form, that of RFC 850, and that of C's `asctime`; all in UTC."""
_GONE: Final = 410
"""The receiver is gone for good: nothing is tried again."""
_RETRY_AFTER_STATUSES: Final = frozenset({429, 503})
"""The statuses whose `Retry-After` counts (RFC 6585, section 4; RFC 9110, section 15.6.4)."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver accepted it."""


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Retry `gap_s` seconds after this attempt."""

    gap_s: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """That was the last attempt: all were made, or the receiver is gone."""


RetryDecision: TypeAlias = Delivered | RetryIn | GiveUp


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """The gaps before the second and every later attempt, in seconds. Raises ValueError out of bounds.

    An `exact` schedule uses neither jitter nor `Retry-After`: merchants' tests rely on its delays.
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
        retry_after_s: float | None = None,
        jitter: float = 0.0,
    ) -> RetryDecision:
        """What follows attempt number `attempts_made` (the first is 1).

        `retry_after_s` comes from the receiver's `Retry-After`. `jitter`, from 0 to 1, is the part of the greatest
        jitter that is added, so that deliveries that failed together are not retried together.
        """
        if attempts_made < 1:
            raise ValueError("attempts are counted from 1")
        if outcome.succeeded:
            return Delivered()
        if attempts_made >= self.max_attempts or outcome.response_code == _GONE:
            return GiveUp()
        gap_s = self.gaps_s[attempts_made - 1]
        if self.exact:
            return RetryIn(gap_s)
        jittered_s = gap_s + jitter * min(gap_s * MAX_JITTER_SHARE, MAX_JITTER_S)
        if retry_after_s is None or outcome.response_code not in _RETRY_AFTER_STATUSES:
            return RetryIn(jittered_s)
        return RetryIn(max(jittered_s, min(retry_after_s, MAX_RETRY_AFTER_S)))


def parse_retry_after_s(retry_after: str, now: datetime) -> float | None:
    """The delay of a `Retry-After` header, given in seconds or as a date; None for any other text."""
    text = retry_after.strip(" ")
    if text.isascii() and text.isdigit():
        return float(text)
    for form in _HTTP_DATES:
        try:
            until = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return max(0.0, (until - now).total_seconds())
    return None
