"""What a processor tells of its work: metrics by kind, spans in each row's own trace, log lines with its id."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Generic, Literal

from gateway_core.acquirer.noun import Noun, Row, StatusT
from gateway_core.db.queries.leases import LookUp
from gateway_core.domain.acquiring import Approved, Declined, NotFound, PendingUntil, Settle, Unknown
from gateway_core.runtime import tracing
from gateway_core.runtime.metrics import counter, histogram
from gateway_core.runtime.tracing import Step
from gateway_core.worker.due_loop import lease_expired

Call = Literal["submit", "look_up"]

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

_log = logging.getLogger(__name__)


class Telemetry(Generic[Row, StatusT]):
    """Tells of the rows of one noun."""

    def __init__(self, noun: Noun[Row, StatusT]) -> None:
        self._noun = noun
        self._name = noun.table.removesuffix("s")
        self._answers = {answer: _answers.labels(noun.table, answer.__name__) for answer in _ANSWERS}
        self._settle_seconds = _settle_seconds.labels(noun.table)
        self._stale = _stale.labels(noun.table)

    def claimed(self, rows: Sequence[Row]) -> None:
        """Rows were leased."""
        if expired := sum(map(self._noun.lease_expired, rows)):
            lease_expired.labels(self._noun.queue).inc(expired)

    @contextmanager
    def call(self, what: Call, asked: Sequence[Row]) -> Iterator[None]:
        """Around a call of the acquirer about ``asked``."""
        with (
            _call_seconds.labels(self._noun.table, what).time(),
            tracing.steps(f"acquirer {what}", asked, lambda row: self._call_step(what, row), kind="CLIENT"),
        ):
            yield

    def answered(self, answers: Sequence[Any]) -> None:
        """What the acquirer said."""
        for answer in answers:
            self._answers[type(answer)].inc()

    @contextmanager
    def recording(self, rows: Sequence[Row]) -> Iterator[None]:
        """Around the transaction that records what came of ``rows``."""
        with tracing.steps(f"{self._name} record", rows, self._record_step):
            yield

    def recorded(
        self,
        rows: Sequence[Row],
        held: set[str],
        finals: Sequence[tuple[Row, Settle[StatusT]]],
        look_ups: Sequence[LookUp],
        now: datetime,
        took_s: float,
    ) -> None:
        """That transaction has committed at ``now``, ``took_s`` after the rows were claimed.

        Of ``finals`` those of rows not ``held`` were dropped. Somebody else learnt the same, or decided otherwise.
        """
        self._stale.inc(len(rows) - len(held))
        for row, outcome in finals:
            if self._noun.lease(row).id not in held:
                self._tell(logging.WARNING, row, f"{self._name}'s answer came too late: {outcome.status}")
                continue
            self._settle_seconds.observe(took_s)
            self._noun.observe_end(row, now)
            _settled.labels(self._noun.table, outcome.status).inc()
            self._tell(logging.DEBUG, row, f"{self._name} is final: {outcome.status}")
        if any(look_up.requires_review for look_up in look_ups):
            in_review = {look_up.lease.id for look_up in look_ups if look_up.requires_review}
            for row in rows:
                if self._noun.lease(row).id in in_review:
                    self._tell(logging.WARNING, row, f"{self._name} requires review: its end stays unknown")

    def not_recorded(self, row: Row, error: Exception) -> None:
        """Nothing could be recorded of ``row``."""
        self._tell(logging.ERROR, row, f"{self._name} could not be recorded: {type(error).__name__}")

    def _tell(self, level: int, row: Row, message: str) -> None:
        if _log.isEnabledFor(level):
            with tracing.attach(self._noun.traceparent(row)):
                _log.log(level, "%s", message, extra={f"{self._name}_id": self._noun.lease(row).id})

    def _call_step(self, what: Call, row: Row) -> Step:
        """A lease asks once, or looks up and then submits; the lease before it asked too."""
        lease = self._noun.lease(row)
        key = f"{lease.id}/{lease.generation}/{what}"
        after = None
        if lease.generation > 1:
            before = "submit" if lease.generation == 2 else "look_up"
            after = f"{lease.id}/{lease.generation - 1}/{before}"
            if what == "submit":
                after = f"{lease.id}/{lease.generation}/look_up"
        return Step(self._noun.traceparent(row), self._attributes(row), key, after)

    def _record_step(self, row: Row) -> Step:
        return Step(self._noun.traceparent(row), self._attributes(row))

    def _attributes(self, row: Row) -> dict[str, str | int]:
        lease = self._noun.lease(row)
        return {f"gateway.{self._name}_id": lease.id, "gateway.lease_generation": lease.generation}
