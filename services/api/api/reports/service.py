"""What a dashboard reads beside the lists."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from uuid import UUID

from api.payments.filters import PaymentFilters
from api.payments.schemas import payment
from api.refunds.schemas import refund
from api.reports.export import PaymentExport
from api.reports.periods import period_until, summary
from api.reports.schemas import (
    DashboardQueues,
    DashboardSummary,
    PaymentTimeline,
    QueueName,
    QueueState,
    TimelineEntry,
    TimelineOrder,
    WorkerState,
)
from gateway_core.db.pool import Connection, Pool, reading
from gateway_core.db.queries import merchants, orders, payments, refund_list, reports, timeline
from gateway_core.db.queries.backlog import read_backlog
from gateway_core.db.queries.orders import OrderRecord
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.db.queries.reports import WorkerBeat
from gateway_core.db.queries.timeline import Happening
from gateway_core.domain.events import rfc3339
from gateway_core.domain.time_zones import zone_of
from gateway_core.runtime.clock import Clock, utc_now

MAX_REFUNDS: Final = 100
MAX_ENTRIES: Final = 500
QUEUES: Final[Sequence[QueueName]] = ("payment-processing", "refund-processing", "webhook-delivery")


class ReportService:
    """Reports of one gateway."""

    def __init__(self, pool: Pool, *, clock: Clock = utc_now) -> None:
        self._pool = pool
        self._clock = clock
        self._export = PaymentExport(pool)

    async def summary(self, merchant_id: UUID, days: int) -> DashboardSummary:
        """The totals of the last ``days``."""
        async with reading(self._pool) as conn:
            settings = await merchants.get_settings(conn, merchant_id)
            period = period_until(self._clock(), days, zone_of(settings.time_zone))
            groups = await reports.payment_groups(conn, merchant_id, period.buckets, period.end)
            refunded = await reports.refunded(conn, merchant_id, period.start, period.end)
        return summary(period, groups, refunded)

    async def queues(self, merchant_id: UUID) -> DashboardQueues:
        """The queues of the gateway and what the merchant should look at."""
        async with reading(self._pool) as conn:
            beats = await reports.worker_beats(conn)
            queues = [await _queue(conn, name, beats) for name in QUEUES]
            attention = await reports.attention(conn, merchant_id)
        return DashboardQueues(
            queues=queues,
            failed_deliveries=attention.failed_deliveries,
            retrying_deliveries=attention.retrying_deliveries,
            requires_review=attention.requires_review,
        )

    async def timeline(self, merchant_id: UUID, payment_id: str) -> PaymentTimeline:
        """All around the merchant's own payment, else NOT_FOUND_ERROR."""
        async with reading(self._pool) as conn:
            return await _timeline(conn, await payments.get_own(conn, merchant_id, payment_id))

    def export(
        self, merchant_id: UUID, filters: PaymentFilters
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """A CSV file in pieces; see :meth:`PaymentExport.open`."""
        return self._export.open(merchant_id, filters)

    def export_name(self) -> str:
        """What to call the file."""
        return f"payments-{self._clock().date().isoformat()}.csv"


async def _queue(conn: Connection, name: QueueName, beats: Sequence[WorkerBeat]) -> QueueState:
    backlog = await read_backlog(conn, name)
    own = [beat for beat in beats if beat.queue == name]
    return QueueState(
        name=name,
        depth=backlog.due + backlog.scheduled,
        due=backlog.due,
        oldest_due_seconds=round(backlog.oldest_due_age_s, 3) if backlog.due else None,
        in_flight=sum(beat.in_flight for beat in own if beat.is_alive),
        workers=[_worker(beat) for beat in own],
    )


def _worker(beat: WorkerBeat) -> WorkerState:
    return WorkerState(
        id=beat.worker_id,
        in_flight=beat.in_flight,
        last_beat_seconds=round(beat.age_s, 3),
        status="running" if beat.is_alive else "stopped",
    )


async def _timeline(conn: Connection, record: PaymentRecord) -> PaymentTimeline:
    view = record.view
    order = (await orders.get_many(conn, [view.order_id]))[view.order_id]
    returned, _ = await refund_list.page_of_payment(conn, view.id, limit=MAX_REFUNDS)
    subjects = [view.id, *(each.view.id for each in returned)]
    happened = await timeline.happenings(conn, subjects, limit=MAX_ENTRIES)
    return PaymentTimeline(
        payment=payment(record),
        order=_order(order),
        refunds=[refund(each) for each in returned],
        entries=[_entry(each) for each in happened],
    )


def _order(record: OrderRecord) -> TimelineOrder:
    return TimelineOrder(
        id=record.id,
        amount=record.amount,
        currency=record.currency,
        receipt=record.receipt,
        notes=dict(record.notes),
        status=record.status,  # a CHECK constraint holds it to these
        created_at=rfc3339(record.created_at),
    )


def _entry(happening: Happening) -> TimelineEntry:
    entry: dict[str, Any] = {
        "at": rfc3339(happening.at),
        "kind": happening.kind,
        "event": happening.event,
        "subject_id": happening.subject_id,
    }
    if happening.delivery_id is not None:
        entry |= {"delivery_id": str(happening.delivery_id), "delivery_status": happening.delivery_status}
    if happening.kind == "attempt":
        entry |= {
            name: getattr(happening, name) for name in ("attempt", "response_code", "duration_ms", "error")
        }
    elif happening.delivery_id is not None:
        next_retry_at = happening.next_retry_at
        entry["next_retry_at"] = None if next_retry_at is None else rfc3339(next_retry_at)
    return TimelineEntry(**entry)
