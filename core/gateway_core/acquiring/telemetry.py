"""What a processor tells of its work: metrics by kind, spans in each row's own trace, log lines with its id."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, Literal

from gateway_core.acquiring.sources import ChargeSource
from gateway_core.db.queries.leases import Claimed, Held, StatusQuery
from gateway_core.domain.acquiring import (
    Approved,
    ChargeKind,
    Declined,
    NotFound,
    PendingUntil,
    Settle,
    Unknown,
)
from gateway_core.domain.payment import PaymentMethod
from gateway_core.runtime import tracing
from gateway_core.runtime.metrics import END_TO_END_BUCKETS_S, counter, histogram
from gateway_core.runtime.tracing import Step
from gateway_core.worker.due_loop import lease_expired

Call = Literal["submit", "query_status"]

_ANSWERS = (Approved, Declined, PendingUntil, Unknown, NotFound)

_answers = counter("gateway_acquirer_answers_total", "Answers of the acquirer.", ("kind", "answer"))
_call_seconds = histogram(
    "gateway_acquirer_call_seconds", "A call of the acquirer about a batch of rows.", ("kind", "call")
)
_settle_seconds = histogram(
    "gateway_settle_seconds", "From a row's claim to the commit of its final status.", ("kind",)
)
_settled = counter("gateway_settled_total", "Rows that became final.", ("kind", "status"))
_stale = counter(
    "gateway_acquirer_stale_leases_total", "Answers dropped: the lease had been taken over.", ("kind",)
)
_end_to_end_seconds: Final = {
    ChargeKind.PAYMENT: histogram(
        "gateway_payment_end_to_end_seconds",
        "From a payment's creation to its final status.",
        ("method",),
        buckets=END_TO_END_BUCKETS_S,
    ),
    ChargeKind.REFUND: histogram(
        "gateway_refund_end_to_end_seconds",
        "From a refund's creation to its final status.",
        ("method",),
        buckets=END_TO_END_BUCKETS_S,
    ),
}

_log = logging.getLogger(__name__)


class Telemetry:
    """Tells of the rows of one source."""

    def __init__(self, source: ChargeSource) -> None:
        self._kind, self._table, self._queue = source.kind, source.table, source.queue
        for answer in _ANSWERS:
            _answers.labels(self._table, answer.__name__)
        for method in PaymentMethod:
            _end_to_end_seconds[self._kind].labels(method)
        _settle_seconds.labels(self._table)
        _stale.labels(self._table)

    def claimed(self, rows: Sequence[Claimed]) -> None:
        """Rows were leased."""
        if expired := sum(row.lease_expired for row in rows):
            lease_expired.labels(self._queue).inc(expired)

    @contextmanager
    def call(self, what: Call, rows: Sequence[Claimed]) -> Iterator[None]:
        """Around a call of the acquirer about ``rows``."""
        with (
            _call_seconds.labels(self._table, what).time(),
            tracing.steps(f"acquirer {what}", rows, lambda row: self._call_step(what, row), kind="CLIENT"),
        ):
            yield

    def answered(self, answers: Sequence[Any]) -> None:
        """What the acquirer said."""
        for answer in answers:
            _answers.labels(self._table, type(answer).__name__).inc()

    @contextmanager
    def recording(self, rows: Sequence[Claimed]) -> Iterator[None]:
        """Around the transaction that records what came of ``rows``."""
        with tracing.steps(f"{self._kind} record", rows, self._step):
            yield

    def recorded(
        self,
        rows: Sequence[Claimed],
        held: Held,
        ends: Sequence[tuple[Claimed, Settle]],
        queries: Sequence[StatusQuery],
        took_s: float,
    ) -> None:
        """That transaction has committed, ``took_s`` after the rows were claimed.

        Of ``ends`` those of rows not ``held`` were dropped: somebody else learnt the same, or decided otherwise.
        """
        _stale.labels(self._table).inc(len(rows) - len(held.ids))
        for row, end in ends:
            if row.id not in held.ids:
                self._tell(logging.WARNING, row, f"{self._kind}'s answer came too late: {end.status}")
                continue
            _settle_seconds.labels(self._table).observe(took_s)
            age = held.now - row.record.view.created_at
            _end_to_end_seconds[self._kind].labels(row.charge.method).observe(age.total_seconds())
            _settled.labels(self._table, end.status).inc()
            self._tell(logging.DEBUG, row, f"{self._kind} is final: {end.status}")
        in_review = {query.lease.id for query in queries if query.requires_review}
        for row in rows:
            if row.id in in_review:
                self._tell(logging.WARNING, row, f"{self._kind} requires review: its outcome stays unknown")

    def not_recorded(self, row: Claimed, error: Exception) -> None:
        """Nothing could be recorded of ``row``."""
        self._tell(logging.ERROR, row, f"{self._kind} could not be recorded: {type(error).__name__}")

    def _tell(self, level: int, row: Claimed, message: str) -> None:
        if _log.isEnabledFor(level):
            with tracing.attach(row.record.traceparent):
                _log.log(level, "%s", message, extra={f"{self._kind}_id": row.id})

    def _call_step(self, what: Call, row: Claimed) -> Step:
        """A lease asks once, or queries the status and then submits; the lease before it asked too."""
        lease = row.lease
        key = f"{lease.id}/{lease.generation}/{what}"
        after = None
        if lease.generation > 1:
            before = "submit" if lease.generation == 2 else "query_status"
            after = f"{lease.id}/{lease.generation - 1}/{before}"
            if what == "submit":
                after = f"{lease.id}/{lease.generation}/query_status"
        return replace(self._step(row), key=key, after=after)

    def _step(self, row: Claimed) -> Step:
        attributes: dict[str, str | int] = {
            f"gateway.{self._kind}_id": row.id,
            "gateway.lease_generation": row.lease.generation,
        }
        return Step(row.record.traceparent, attributes)
