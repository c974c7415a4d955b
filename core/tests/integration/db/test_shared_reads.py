"""Concurrent reads share a statement; other merchants' rows are not found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from gateway_core.db.pool import Connection, Pool, reading
from gateway_core.db.queries import orders, payments, refunds
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.db.reader import Reader
from gateway_core.domain.errors import GatewayError
from gateway_core.runtime.coalescer import CoalescerClosed
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

NO_IDS = ("", "%", "pay_\x00", "pay_nobody", "pay_" + "\ud800" * 22)


class Statements:
    """``payments.get_many``, counted; it fails or hangs on request."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.failure: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()

    async def get_many(self, conn: Connection, ids: Sequence[str]) -> dict[str, PaymentRecord]:
        self.batches.append(sorted(ids))
        await self.go.wait()
        if self.failure is not None:
            raise self.failure
        return await payments.get_many(conn, ids)


async def test_those_who_ask_at_once_share_statements(pool: Pool, rows: Rows) -> None:
    ids = await rows.payments(*await rows.orders(20))
    statements = Statements()
    reader = Reader(pool, statements.get_many)
    found = await asyncio.gather(*(reader.get(each) for each in [*ids, *ids, "pay_" + "0" * 22, *NO_IDS]))
    assert [each and each.view.id for each in found] == [*ids, *ids, None, *(None for _ in NO_IDS)]
    assert len(statements.batches) <= 2
    assert all(len(batch) == len(set(batch)) for batch in statements.batches)


async def test_a_cancelled_caller_does_not_affect_the_others(pool: Pool, rows: Rows) -> None:
    ids = await rows.payments(*await rows.orders(3))
    statements = Statements()
    statements.go.clear()
    reader = Reader(pool, statements.get_many)
    asking = [asyncio.create_task(reader.get(each)) for each in ids]
    await asyncio.sleep(0)
    asking[0].cancel()
    statements.go.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert [each.view.id for each in answers if isinstance(each, PaymentRecord)] == ids[1:]


async def test_a_failure_reaches_all_who_share_it_and_no_later_read(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.payments(*await rows.orders(1))
    statements = Statements()
    statements.failure = ValueError("no")
    reader = Reader(pool, statements.get_many)
    failed = await asyncio.gather(*(reader.get(payment_id) for _ in range(5)), return_exceptions=True)
    assert {type(each) for each in failed} == {ValueError}
    statements.failure = None
    assert await reader.get(payment_id) is not None


async def test_every_read_sees_what_was_committed_before_it(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.payments(*await rows.orders(1))
    reader = Reader(pool, payments.get_many)
    for number in range(20):
        await rows.run("UPDATE payments SET look_ups = %s, error_code = %s", (number, str(number)))
        found = await asyncio.gather(*(reader.get(payment_id) for _ in range(5)))
        assert {each.view.error_code for each in found if each} == {str(number)}


async def test_a_closed_reader_answers_only_callers_that_wait(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.payments(*await rows.orders(1))
    reader = Reader(pool, payments.get_many)
    asking = asyncio.create_task(reader.get(payment_id))
    await asyncio.sleep(0)
    await reader.aclose()
    assert await asking is not None
    with pytest.raises(CoalescerClosed):
        await reader.get(payment_id)


async def test_what_is_not_there_and_what_is_anothers_are_not_found_alike(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    (payment_id,) = await rows.paid(1)
    (refund_id,) = await rows.refunds(payment_id)
    async with reading(pool) as conn:
        order_id = (await payments.get_own(conn, merchant_id, payment_id)).view.order_id
        for get_own, noun, row_id in (
            (orders.get_own, "Order", order_id),
            (payments.get_own, "Payment", payment_id),
            (payments.lock_own, "Payment", payment_id),
            (refunds.get_own, "Refund", refund_id),
        ):
            assert (await get_own(conn, merchant_id, row_id)).merchant_id == merchant_id
            for asking, asked in missing(merchant_id, row_id):
                with pytest.raises(GatewayError, match=f"^NOT_FOUND_ERROR: {noun} not found$"):
                    await get_own(conn, asking, asked)


def missing(merchant_id: UUID, row_id: str) -> list[tuple[UUID, str]]:
    unknown = row_id[: -len("0" * 22)] + "0" * 22
    return [(uuid4(), row_id), *((merchant_id, each) for each in (unknown, *NO_IDS))]
