"""What passes between the stages of an attempt: prepare → send → record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from gateway_core.db.queries.delivery_work import AttemptRecord, ClaimedDelivery
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
    """What the POST came to. ``response_headers`` and ``response_body`` are None when no response began."""

    outcome: AttemptOutcome
    response_headers: Mapping[str, str] | None
    response_body: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class NoUrl:
    """Nothing was sent: the merchant has no URL any more. The delivery is called off."""

    delivery: ClaimedDelivery


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Nothing can be said about the receiver: the fault was ours. The delivery is due again, uncounted."""

    delivery: ClaimedDelivery


Finished: TypeAlias = AttemptRecord | NoUrl | GivenBack


class Fault(StrEnum):
    """Why an attempt was ended by us: a closed set, so that it can label a metric."""

    STOPPING = "stopping"
    NO_SOCKET = "no_socket"


class OurFault(Exception):
    """The attempt failed through no fault of the receiver, so it does not count."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
