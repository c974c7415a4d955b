"""What an acquirer is asked, what it may answer, and what follows (architecture, rule 3).

An acquirer keeps one charge per stable key. A final answer settles; a pending one is looked up when due;
an unknown one is looked up for ever and never driven again; only "not found" makes submitting safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeAlias, TypeVar

from gateway_core.domain.text import storable_text

LOOK_UP_GAPS_S: Final = (1, 2, 4, 8, 16, 32, 60)
REVIEW_FROM_LOOK_UP: Final = 8
# Promises are kept waiting for longer; yet an acquirer that has given a hundred of them may have lost the charge.
REVIEW_PROMISES_FROM_LOOK_UP: Final = 100
MIN_PENDING_S: Final = 1
# A wrong date in an answer must not hide a payment for long: looking once more costs nothing.
MAX_PENDING_S: Final = 3600
MAX_REASON_LENGTH: Final = 255


class ChargeKind(StrEnum):
    """What the charge moves: money in, or back."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One instruction to an acquirer. `key` (the payment's or refund's id) makes repeats harmless."""

    key: str
    kind: ChargeKind
    amount_minor: int
    currency: str
    method: str | None = None
    vpa: str | None = None
    card_network: str | None = None
    card_last4: str | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """Final: the money moved."""


@dataclass(frozen=True, slots=True)
class Declined:
    """Final: the money did not move and will not."""

    reason: str


@dataclass(frozen=True, slots=True)
class PendingUntil:
    """Accepted; ask again at `at` (aware)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    """The acquirer could not be asked or made no sense; the money may have moved."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Answer to a look-up only: the acquirer never saw this key, so submitting it now charges once."""


Answer: TypeAlias = Approved | Declined | PendingUntil | Unknown
LookUpAnswer: TypeAlias = Answer | NotFound

StatusT = TypeVar("StatusT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Settle(Generic[StatusT]):
    """Record this final status."""

    status: StatusT
    error_code: str | None = None
    error_description: str | None = None


@dataclass(frozen=True, slots=True)
class LookUpAt:
    """Ask the acquirer again at `at`; `requires_review` flags the row for a person meanwhile."""

    at: datetime
    requires_review: bool


Transition: TypeAlias = Settle[StatusT] | LookUpAt


def decide(
    answer: Answer, look_ups: int, now: datetime, *, approved: StatusT, declined: StatusT, declined_code: str
) -> Transition[StatusT]:
    """What to record after `answer`.

    `look_ups` counts the look-ups answered so far, this one included; 0 means `answer` came from a submit.
    `now` is aware and from the database's clock. `approved`, `declined` and `declined_code` are what the
    noun calls its ends.
    """
    match answer:
        case Approved():
            return Settle(approved)
        case Declined(reason):
            return Settle(declined, declined_code, storable_text(reason, MAX_REASON_LENGTH))
        case PendingUntil(at) if at > now:
            soonest = now + timedelta(seconds=MIN_PENDING_S if look_ups else 0)
            asked_at = min(max(at, soonest), now + timedelta(seconds=MAX_PENDING_S))
            return LookUpAt(asked_at, requires_review=look_ups >= REVIEW_PROMISES_FROM_LOOK_UP)
        case PendingUntil() | Unknown():
            return LookUpAt(now + _gap(look_ups), requires_review=look_ups >= REVIEW_FROM_LOOK_UP)


def _gap(look_ups: int) -> timedelta:
    return timedelta(seconds=LOOK_UP_GAPS_S[min(look_ups, len(LOOK_UP_GAPS_S) - 1)])
