"""Ending what is in review: one guarded transaction that does what an acquirer's answer would have done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any, Final, TypeAlias

from api.command import Done
from gateway_core.acquirer.announcements import payment_settled, refund_settled
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import clock, events, payment_work, payments, refund_work, refunds, review
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.leases import LeasedTable, Settlement
from gateway_core.db.queries.review import InReview, Resolution, Standing
from gateway_core.domain import payment, refund
from gateway_core.domain.acquiring import Approved, Declined, Settle
from gateway_core.domain.errors import bad_request, not_found
from gateway_core.domain.events import rfc3339
from gateway_core.domain.ids import PAYMENT_PREFIX, REFUND_PREFIX, is_id
from gateway_core.domain.validation import check_text

MAX_LISTED: Final = 1_000
MAX_WHO_LENGTH: Final = 255
MAX_REASON_LENGTH: Final = 1_000
Outcome: TypeAlias = Approved | Declined
OUTCOMES: Final[Mapping[str, Outcome]] = {
    "success": Approved(),
    "failed": Declined("The bank did not complete it"),
}
"""By what the operator says, the answer that the acquirer has not given. Merchants and payers see a failure's text."""

_TABLES: Final = {PAYMENT_PREFIX: LeasedTable.PAYMENTS, REFUND_PREFIX: LeasedTable.REFUNDS}


class Reviewer:
    """Lists and ends what is in review. Raises GatewayError and ``psycopg.Error``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list_waiting(self) -> Done:
        """One line for each, oldest first."""
        async with transaction(self._pool) as conn:
            found = await review.waiting(conn, MAX_LISTED + 1)
        lines = [_line(each) for each in found[:MAX_LISTED]] or ["Nothing is in review."]
        return [*lines, f"Only the {MAX_LISTED} oldest are shown."] if len(found) > MAX_LISTED else lines

    async def resolve(self, subject_id: str, outcome: str, *, by: str, reason: str) -> Done:
        """End a payment or refund as ``OUTCOMES`` says, with the events of any other end and a record for good.

        Refused unless it is in review and no worker holds it: one that does may be about to submit what the
        acquirer turns out never to have seen. A worker that lost its lease records nothing afterwards.
        """
        table = _table_of(subject_id)
        who, why = _filled(by, "by", MAX_WHO_LENGTH), _filled(reason, "reason", MAX_REASON_LENGTH)
        end = _end_payment if table is LeasedTable.PAYMENTS else _end_refund
        async with transaction(self._pool) as conn:
            standing = _endable(await review.lock(conn, table, subject_id))
            event, status = await end(conn, standing, OUTCOMES[outcome], await clock.transaction_time(conn))
            await events.append(conn, [event])
            await review.record(conn, Resolution(subject_id, event.merchant_id, status, who, why))
        return [f"{subject_id} is {status}."]


def _table_of(subject_id: str) -> LeasedTable:
    for prefix, table in _TABLES.items():
        if is_id(prefix, subject_id):
            return table
    raise not_found("Payment or refund")


def _filled(text: str, name: str, max_length: int) -> str:
    """What is kept for good must say something."""
    filled = check_text(text, name, max_length).strip()
    if not filled:
        raise bad_request(f"{name} is required", field=name)
    return filled


def _endable(standing: Standing | None) -> Standing:
    if standing is None:
        raise not_found("Payment or refund")
    if not standing.requires_review:
        raise bad_request(f"it is not in review, its status is {standing.status}")
    if standing.held_for_s > 0:
        raise bad_request(
            f"a worker is asking the acquirer about it: try again in {ceil(standing.held_for_s)} s"
        )
    return standing


async def _end_payment(
    conn: Connection, standing: Standing, answer: Outcome, now: datetime
) -> tuple[NewEvent, str]:
    """Settle a locked payment, which passes its order's slot on."""
    record = await payments.get(conn, standing.lease.id)
    end = payment.decide(answer, 0, now)
    assert record is not None  # its row is locked by this transaction
    assert isinstance(end, Settle)  # what follows a final answer
    await payment_work.settle(conn, [_settlement(standing, end)])
    return payment_settled(record, end, now), end.status


async def _end_refund(
    conn: Connection, standing: Standing, answer: Outcome, now: datetime
) -> tuple[NewEvent, str]:
    """Settle a locked refund; a failed one gives its amount back to its payment."""
    record = await refunds.get(conn, standing.lease.id)
    end = refund.decide(answer, 0, now)
    assert record is not None  # its row is locked by this transaction
    assert isinstance(end, Settle)  # what follows a final answer
    await refund_work.settle(conn, [_settlement(standing, end)])
    return refund_settled(record, end, now), end.status


def _settlement(standing: Standing, end: Settle[Any]) -> Settlement:
    return Settlement(standing.lease, end.status, end.error_code, end.error_description)


def _line(found: InReview) -> str:
    return "  ".join(
        (
            found.id,
            rfc3339(found.created_at),
            f"{found.amount} {found.currency}",
            f"{found.look_ups} look-ups",
            f"merchant {found.merchant_id}",
        )
    )
