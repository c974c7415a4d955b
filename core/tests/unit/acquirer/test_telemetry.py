"""What a processor tells of its rows: lease expiries, ends, and lines that name what needs a person."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from gateway_core.acquirer.noun import Noun
from gateway_core.acquirer.telemetry import Telemetry
from gateway_core.db.pool import Connection
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.leases import Lease, LeasedTable, LookUp, Settlement
from gateway_core.domain.acquiring import (
    Answer,
    Approved,
    Charge,
    LookUpAt,
    NotFound,
    Settle,
    Transition,
    Unknown,
)
from gateway_core.runtime.metrics import REGISTRY
from gateway_core.streams.names import Stream

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Status(StrEnum):
    DONE = "done"


@dataclass(frozen=True)
class Row:
    id: str
    lease_expired: bool = False


class Things(Noun[Row, Status]):
    table = LeasedTable.REFUNDS
    queue = Stream.REFUNDS

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def claim(self, conn: Connection, *, limit: int, lease_s: float) -> Sequence[Row]:
        return []

    def lease(self, row: Row) -> Lease:
        return Lease(row.id, 1)

    def look_ups(self, row: Row) -> int:
        return 0

    def lease_expired(self, row: Row) -> bool:
        return row.lease_expired

    def traceparent(self, row: Row) -> str | None:
        return None

    def charge(self, row: Row) -> Charge:
        raise AssertionError("no row here is submitted")

    def decide(self, answer: Answer, look_ups: int, now: datetime) -> Transition[Status]:
        return LookUpAt(now, requires_review=False)

    def settled_event(self, row: Row, outcome: Settle[Status], now: datetime) -> NewEvent:
        raise AssertionError("no row here is settled")

    async def settle(self, conn: Connection, settlements: Sequence[Settlement]) -> int:
        return 0

    def observe_end(self, row: Row, now: datetime) -> None:
        self.ended.append(row.id)


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"gateway_{name}", labels) or 0.0


def test_only_leases_that_ran_out_count_as_expired() -> None:
    before = value("lease_expired_total", queue=Stream.REFUNDS)
    Telemetry(Things()).claimed([Row("rfnd_1"), Row("rfnd_2", lease_expired=True), Row("rfnd_3")])
    assert value("lease_expired_total", queue=Stream.REFUNDS) == before + 1


def test_answers_and_calls_are_counted_by_kind() -> None:
    names = [
        ("acquirer_answers_total", {"kind": "refunds", "answer": name}) for name in ("Approved", "Unknown")
    ]
    before = [value(name, **labels) for name, labels in names]
    calls = value("acquirer_call_seconds_count", kind="refunds", call="look_up")
    telemetry = Telemetry(Things())
    with telemetry.call("look_up", [Row("rfnd_1")]):
        telemetry.answered([Approved(), Unknown("late"), Unknown("late"), NotFound()])
    assert [value(name, **labels) for name, labels in names] == [before[0] + 1, before[1] + 2]
    assert value("acquirer_call_seconds_count", kind="refunds", call="look_up") == calls + 1


def test_ends_are_timed_and_what_needs_a_person_is_named(caplog: pytest.LogCaptureFixture) -> None:
    settled, stale = (
        value("settled_total", kind="refunds", status="done"),
        value("acquirer_stale_leases_total", kind="refunds"),
    )
    seconds = value("settle_seconds_sum", kind="refunds")
    things = Things()
    done, unclear, lost = Row("rfnd_1"), Row("rfnd_2"), Row("rfnd_3")
    look_ups = [LookUp(Lease("rfnd_2", 1), NOW, 8, requires_review=True)]
    finals = [(done, Settle(Status.DONE))]
    with caplog.at_level(logging.INFO):
        Telemetry(things).recorded([done, unclear, lost], {"rfnd_1", "rfnd_2"}, finals, look_ups, NOW, 1.5)
    assert things.ended == ["rfnd_1"]
    assert value("settled_total", kind="refunds", status="done") == settled + 1
    assert value("acquirer_stale_leases_total", kind="refunds") == stale + 1
    assert value("settle_seconds_sum", kind="refunds") == seconds + 1.5
    (line,) = caplog.records
    assert line.levelno == logging.WARNING
    assert getattr(line, "refund_id", None) == "rfnd_2"
