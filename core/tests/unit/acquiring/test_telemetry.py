"""A processor's metrics and log lines: expired leases, final statuses, and rows that require review."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gateway_core.acquiring.sources import REFUNDS
from gateway_core.acquiring.telemetry import Telemetry
from gateway_core.db.queries.leases import Claimed, Held, Lease, StatusQuery
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.acquiring import Approved, Charge, ChargeKind, NotFound, Settle, Unknown
from gateway_core.domain.refund import RefundStatus, RefundView
from gateway_core.runtime.metrics import REGISTRY
from gateway_core.streams.names import Stream

NOW = datetime(2030, 1, 1, tzinfo=UTC)
AGE = timedelta(seconds=9)


def claimed(refund_id: str, *, lease_expired: bool = False) -> Claimed:
    view = RefundView(
        id=refund_id,
        payment_id="pay_1",
        amount_minor=100,
        currency="INR",
        status=RefundStatus.PROCESSING,
        created_at=NOW - AGE,
    )
    return Claimed(
        record=RefundRecord(view=view, merchant_id=uuid4()),
        charge=Charge(key=refund_id, kind=ChargeKind.REFUND, amount_minor=100, currency="INR", method="upi"),
        lease=Lease(refund_id, 1),
        was_submitted=False,
        status_queries=0,
        lease_expired=lease_expired,
        refusal=None,
    )


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"gateway_{name}", labels) or 0.0


def test_only_leases_that_ran_out_count_as_expired() -> None:
    before = value("lease_expired_total", queue=Stream.REFUNDS)
    Telemetry(REFUNDS).claimed([claimed("rfnd_1"), claimed("rfnd_2", lease_expired=True)])
    assert value("lease_expired_total", queue=Stream.REFUNDS) == before + 1


def test_answers_and_calls_are_counted_by_kind() -> None:
    names = [
        ("acquirer_answers_total", {"kind": "refunds", "answer": name}) for name in ("Approved", "Unknown")
    ]
    before = [value(name, **labels) for name, labels in names]
    calls = value("acquirer_call_seconds_count", kind="refunds", call="query_status")
    telemetry = Telemetry(REFUNDS)
    with telemetry.call("query_status", [claimed("rfnd_1")]):
        telemetry.answered([Approved(), Unknown("late"), Unknown("late"), NotFound()])
    assert [value(name, **labels) for name, labels in names] == [before[0] + 1, before[1] + 2]
    assert value("acquirer_call_seconds_count", kind="refunds", call="query_status") == calls + 1


def test_ends_are_timed_and_what_needs_a_person_is_named(caplog: pytest.LogCaptureFixture) -> None:
    settled, stale = (
        value("settled_total", kind="refunds", status="processed"),
        value("acquirer_stale_leases_total", kind="refunds"),
    )
    seconds = value("settle_seconds_sum", kind="refunds")
    end_to_end = value("refund_end_to_end_seconds_sum", method="upi")
    done, unclear, lost = claimed("rfnd_1"), claimed("rfnd_2"), claimed("rfnd_3")
    queries = [StatusQuery(unclear.lease, NOW, 8, requires_review=True)]
    held = Held({"rfnd_1", "rfnd_2"}, NOW)
    ends = [(done, Settle(RefundStatus.PROCESSED))]
    with caplog.at_level(logging.INFO):
        Telemetry(REFUNDS).recorded([done, unclear, lost], held, ends, queries, 1.5)
    assert value("settled_total", kind="refunds", status="processed") == settled + 1
    assert value("acquirer_stale_leases_total", kind="refunds") == stale + 1
    assert value("settle_seconds_sum", kind="refunds") == seconds + 1.5
    assert value("refund_end_to_end_seconds_sum", method="upi") == end_to_end + AGE.total_seconds()
    (line,) = caplog.records
    assert line.levelno == logging.WARNING
    assert getattr(line, "refund_id", None) == "rfnd_2"
