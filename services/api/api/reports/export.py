"""The export of payments: batch by batch, with nothing held in the database while the client reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Final
from uuid import UUID

from api.payments.filters import PaymentFilters
from api.reports import csv
from gateway_core.db.pool import Pool, reading
from gateway_core.db.queries import payment_list
from gateway_core.db.queries.payment_list import PaymentFilter
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.errors import bad_request, rate_limited, service_unavailable

BATCH_ROWS: Final = 500
MAX_ROWS: Final = 1_000_000
MAX_EXPORTS: Final = 8
MAX_EXPORTS_PER_MERCHANT: Final = 2
RETRY_AFTER_S: Final = 5


class PaymentExport:
    """Exports of one process, of which few run at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._running: Counter[UUID] = Counter()

    @asynccontextmanager
    async def open(self, merchant_id: UUID, filters: PaymentFilters) -> AsyncIterator[AsyncIterator[bytes]]:
        """The file in pieces, once its first batch is read: until then a refusal can be answered.

        RATE_LIMIT_ERROR, SERVICE_UNAVAILABLE when too many run; BAD_REQUEST_ERROR beyond ``MAX_ROWS``.
        """
        wanted = filters.after(None)
        with self._place(merchant_id):
            async with reading(self._pool) as conn:
                total = await payment_list.count(conn, merchant_id, wanted)
            if total > MAX_ROWS:
                raise bad_request(f"At most {MAX_ROWS} payments can be exported at once: narrow the filters")
            yield self._pieces(merchant_id, wanted, await self._batch(merchant_id, wanted))

    async def _pieces(
        self, merchant_id: UUID, wanted: PaymentFilter, batch: list[PaymentRecord]
    ) -> AsyncIterator[bytes]:
        yield csv.header() + csv.lines(batch)
        for _ in range(MAX_ROWS // BATCH_ROWS):
            if len(batch) < BATCH_ROWS:
                break
            last = batch[-1].view
            batch = await self._batch(merchant_id, replace(wanted, before=(last.created_at, last.id)))
            yield csv.lines(batch)

    async def _batch(self, merchant_id: UUID, wanted: PaymentFilter) -> list[PaymentRecord]:
        async with reading(self._pool) as conn:
            return await payment_list.some(conn, merchant_id, wanted, limit=BATCH_ROWS)

    @contextmanager
    def _place(self, merchant_id: UUID) -> Iterator[None]:
        if self._running[merchant_id] >= MAX_EXPORTS_PER_MERCHANT:
            raise rate_limited(RETRY_AFTER_S)
        if self._running.total() >= MAX_EXPORTS:
            raise service_unavailable(RETRY_AFTER_S)
        self._running[merchant_id] += 1
        try:
            yield
        finally:
            self._running[merchant_id] -= 1
            if not self._running[merchant_id]:
                del self._running[merchant_id]
