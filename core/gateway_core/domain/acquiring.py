"""The questions to an acquirer, its possible answers, and the decision that follows (architecture, rule 3).

An acquirer keeps one charge per stable key. A final answer settles the charge; a pending one leads to a status
query when it is due; an unknown one to status queries for ever, and the charge is never submitted again. Only
the answer "not found" allows that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from gateway_core.domain.text import storable_text

STATUS_QUERY_GAPS_S: Final = (1, 2, 4, 8, 16, 32, 60)
REVIEW_FROM_QUERY: Final = 8
# A charge that stays pending gets more time; after a hundred such answers the acquirer may have lost it.
REVIEW_PENDING_FROM_QUERY: Final = 100
MIN_PENDING_S: Final = 1
# A wrong date in an answer must not hide a payment for long: one more query costs nothing.
MAX_PENDING_S: Final = 3600
MAX_REASON_LENGTH: Final = 255


class ChargeKind(StrEnum):
    """Whether the charge moves money to the merchant or back."""

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
    """Accepted; query the status again at `at` (aware)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    """The call failed or its answer was unreadable; the money may have moved."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Answer to a status query only: the acquirer never saw this key, so submitting it now charges once."""


Answer: TypeAlias = Approved | Declined | PendingUntil | Unknown
StatusAnswer: TypeAlias = Answer | NotFound


@dataclass(frozen=True, slots=True)
class Ends:
    """The names of the final statuses of payments or refunds, and the error code of a declined one."""

    approved: StrEnum
    declined: StrEnum
    declined_code: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Record this final status."""

    status: StrEnum
    error_code: str | None = None
    error_description: str | None = None


@dataclass(frozen=True, slots=True)
class QueryStatusAt:
    """Query the status again at `at`; `requires_review` marks the row for the operator meanwhile."""

    at: datetime
    requires_review: bool


Transition: TypeAlias = Settle | QueryStatusAt


def decide(answer: Answer, status_queries: int, now: datetime, ends: Ends) -> Transition:
    """What to record after `answer`.

    `status_queries` counts those answered so far, this one included; 0 means `answer` came from the first submit.
    `now` is aware and from the database's clock.
    """
    match answer:
        case Approved():
            return Settle(ends.approved)
        case Declined(reason):
            return Settle(ends.declined, ends.declined_code, storable_text(reason, MAX_REASON_LENGTH))
        case PendingUntil(at) if at > now:
            soonest = now + timedelta(seconds=MIN_PENDING_S if status_queries else 0)
            asked_at = min(max(at, soonest), now + timedelta(seconds=MAX_PENDING_S))
            return QueryStatusAt(asked_at, requires_review=status_queries >= REVIEW_PENDING_FROM_QUERY)
        case PendingUntil() | Unknown():
            return QueryStatusAt(
                now + _gap(status_queries), requires_review=status_queries >= REVIEW_FROM_QUERY
            )


def _gap(status_queries: int) -> timedelta:
    return timedelta(seconds=STATUS_QUERY_GAPS_S[min(status_queries, len(STATUS_QUERY_GAPS_S) - 1)])
