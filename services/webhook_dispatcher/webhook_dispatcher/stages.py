"""The values that pass between the stages of an attempt: prepare → send → record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from gateway_core.db.queries.attempts import AttemptRecord
from gateway_core.db.queries.delivery_work import ClaimedDelivery
from gateway_core.domain.delivery import AttemptOutcome


@dataclass(frozen=True, slots=True)
class Prepared:
    """One POST, signed over exactly these bytes."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of the POST. ``response_headers`` and ``response_body`` are None when no response began."""

    outcome: AttemptOutcome
    response_headers: Mapping[str, str] | None
    response_body: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing was sent: the merchant has no URL any more."""

    delivery: ClaimedDelivery


@dataclass(frozen=True, slots=True)
class Released:
    """The fault was ours and says nothing about the receiver: the delivery is due again, uncounted.

    ``interrupted`` is the record of a request that may have left.
    """

    delivery: ClaimedDelivery
    interrupted: AttemptRecord | None = None


Finished: TypeAlias = AttemptRecord | Cancelled | Released


class Fault(StrEnum):
    """Why the gateway ended an attempt: a closed set, so that it can label a metric."""

    STOPPING = "stopping"
    NO_SOCKET = "no_socket"


class OurFault(Exception):
    """The attempt failed through no fault of the receiver, so it does not count."""

    def __init__(self, fault: Fault, *, may_have_left: bool = False) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.may_have_left = may_have_left
