"""Orders, payments and refunds as the API writes and reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import errors

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import clock, order_list, orders, payment_list, payments, refund_list, refunds
from gateway_core.db.queries.order_list import OrderFilter
from gateway_core.db.queries.orders import OrderRecord
from gateway_core.db.queries.payment_list import PaymentFilter
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.payment import PaymentMethod, PaymentStatus
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

AT = datetime(2024, 1, 15, 10, 30, 0, 123_456, tzinfo=UTC)
UNKNOWN = "A" * 22


def order_of(merchant_id: UUID, number: int, **changes: Any) -> OrderRecord:
    fields: dict[str, Any] = {
        "id": f"order_{number:022d}",
        "merchant_id": merchant_id,
        "amount": 100 + number,
        "currency": "INR",
        "receipt": None,
        "notes": {},
        "status": "created",
        "created_at": AT + timedelta(seconds=number),
        "updated_at": AT + timedelta(seconds=number),
    }
    return OrderRecord(**{**fields, **changes})


async def insert_orders(pool: Pool, *records: OrderRecord) -> None:
    async with transaction(pool) as conn:
        await orders.insert(conn, records)


async def get_payment(pool: Pool, payment_id: str) -> PaymentRecord:
    async with transaction(pool) as conn:
        found = await payments.get(conn, payment_id)
    assert found is not None
    return found


async def list_payments(
    pool: Pool, merchant_id: UUID, wanted: PaymentFilter, **page: int
) -> tuple[list[str], int]:
    async with transaction(pool) as conn:
        found, total = await payment_list.page(conn, merchant_id, wanted, **{"limit": 100, **page})
    return [record.view.id for record in found], total


async def test_orders_come_back_as_they_were_inserted(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    notes = {"z": [1, None, {"₹": "😀"}], "10": True, "a": "\u2028", "2": 2**53 - 1}
    records = [
        order_of(merchant_id, 1, notes=notes, receipt="चाय"),
        order_of(merchant_id, 2, amount=2**53 - 1),
    ]
    await insert_orders(pool, *records)
    async with transaction(pool) as conn:
        found = await orders.get_many(conn, [records[1].id, "order_" + UNKNOWN, records[0].id])
    assert found == {record.id: record for record in records}
    assert list(found[records[0].id].notes) == list(notes)


async def test_one_impossible_order_refuses_the_whole_batch(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    with pytest.raises(errors.CheckViolation):
        await insert_orders(pool, order_of(merchant_id, 1), order_of(merchant_id, 2, amount=0))
    assert await rows.one("SELECT count(*) FROM orders") == 0


async def test_orders_are_listed_newest_first_by_offset_or_position(pool: Pool, rows: Rows) -> None:
    merchant_id, other = await rows.merchant(), await rows.merchant()
    same_time = [order_of(merchant_id, number, created_at=AT, updated_at=AT) for number in (7, 8, 9)]
    mine = [*same_time, *(order_of(merchant_id, number) for number in (1, 2))]
    await insert_orders(pool, *mine, order_of(other, 3))
    newest_first = sorted(mine, key=lambda record: (record.created_at, record.id), reverse=True)
    async with transaction(pool) as conn:
        assert await order_list.page(conn, merchant_id, OrderFilter(), limit=10) == (newest_first, 5)
        assert await order_list.page(conn, merchant_id, OrderFilter(), limit=2, offset=1) == (
            newest_first[1:3],
            5,
        )
        for position in range(5):
            last = newest_first[position]
            page, total = await order_list.page(
                conn, merchant_id, OrderFilter(before=(last.created_at, last.id)), limit=2
            )
            assert (page, total) == (newest_first[position + 1 : position + 3], 5)


async def test_a_payment_comes_back_with_its_orders_receipt_and_notes(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    await insert_orders(pool, order_of(merchant_id, 1, receipt="r", notes={"b": 1, "a": 2}))
    payment_id = await rows.payment()
    template = await get_payment(pool, payment_id)
    view = replace(
        template.view,
        id="pay_" + UNKNOWN,
        order_id=order_of(merchant_id, 1).id,
        method=PaymentMethod.CARD,
        vpa=None,
        card_network="visa",
        card_last4="0042",
        receipt="r",
        notes={"b": 1, "a": 2},
        created_at=AT,
    )
    record = PaymentRecord(view=view, merchant_id=merchant_id, updated_at=AT, traceparent="00-a-b-01")
    async with transaction(pool) as conn:
        await payments.insert(conn, [record])
    assert await get_payment(pool, view.id) == record
    async with transaction(pool) as conn:
        assert await payments.lock(conn, view.id) == record
        assert await payments.get(conn, "pay_nobody") is None
        assert await payments.lock(conn, "pay_nobody") is None
    assert await rows.one("SELECT next_attempt_at <= now() FROM payments WHERE id = %s", (view.id,))


async def test_a_payment_is_captured_once_and_only_after_success(pool: Pool, rows: Rows) -> None:
    pending, (paid,) = await rows.payment(), await rows.paid()
    async with transaction(pool) as conn:
        assert await payments.mark_captured(conn, pending) is None
        captured_at = await payments.mark_captured(conn, paid)
        assert captured_at == await clock.transaction_time(conn)
        assert await payments.mark_captured(conn, paid) is None
    record = await get_payment(pool, paid)
    assert (record.view.captured, record.updated_at) == (True, captured_at)


async def test_filters_let_through_what_they_say(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    one, two, three = await rows.payments(*await rows.orders(3))
    card = await rows.card_payment("4242")
    for number, payment_id in enumerate((one, two, three, card)):
        moved = (
            "pending" if number % 2 else "processing",
            AT + timedelta(days=number),
            1000 + number,
            payment_id,
        )
        await rows.run("UPDATE payments SET status = %s, created_at = %s, amount = %s WHERE id = %s", moved)
    order_id = (await get_payment(pool, two)).view.order_id
    for wanted, chosen in [
        (PaymentFilter(), [card, three, two, one]),
        (PaymentFilter(statuses=(PaymentStatus.PENDING,)), [card, two]),
        (PaymentFilter(methods=(PaymentMethod.CARD,)), [card]),
        (PaymentFilter(order_id=order_id), [two]),
        (PaymentFilter(order_id="nobody's"), []),
        (PaymentFilter(created_from=AT + timedelta(days=2)), [card, three]),
        (PaymentFilter(created_to=AT + timedelta(days=2)), [two, one]),
        (PaymentFilter(amount_min=1001, amount_max=1002), [three, two]),
        (PaymentFilter(statuses=(PaymentStatus.PROCESSING,), amount_max=1001), [one]),
    ]:
        assert await list_payments(pool, merchant_id, wanted) == (chosen, len(chosen)), wanted
    await rows.merchant()
    await rows.payment()
    assert await list_payments(pool, merchant_id, PaymentFilter(), limit=2, offset=1) == ([three, two], 4)


async def test_pages_by_position_follow_one_another_and_the_total_counts_all(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    await rows.payments(*await rows.orders(7))
    whole, total = await list_payments(pool, merchant_id, PaymentFilter())
    assert total == 7
    seen: list[str] = []
    while len(seen) < 7:
        before = None
        if seen:
            before = ((await get_payment(pool, seen[-1])).view.created_at, seen[-1])
        page, total = await list_payments(pool, merchant_id, PaymentFilter(before=before), limit=3)
        assert total == 7
        seen += page
    assert seen == whole


async def test_refunds_are_read_and_listed_newest_first(pool: Pool, rows: Rows) -> None:
    (paid,) = await rows.paid()
    made = await rows.refunds(paid, paid, paid)
    for number, refund_id in enumerate(made):
        await rows.run(
            "UPDATE refunds SET created_at = %s WHERE id = %s", (AT + timedelta(seconds=number), refund_id)
        )
    async with transaction(pool) as conn:
        page, total = await refund_list.page_of_payment(conn, paid, limit=10)
        assert ([record.view.id for record in page], total) == (made[::-1], 3)
        middle = page[1]
        after, total = await refund_list.page_of_payment(
            conn, paid, limit=10, before=(middle.view.created_at, middle.view.id)
        )
        assert ([record.view.id for record in after], total) == (made[:1], 3)
        second, _ = await refund_list.page_of_payment(conn, paid, limit=1, offset=1)
        assert second == [middle]
        assert await refunds.get(conn, middle.view.id) == middle
        assert await refunds.get(conn, "rfnd_nobody") is None
        assert await refund_list.page_of_payment(conn, "pay_nobody", limit=10) == ([], 0)


async def test_every_statement_of_a_transaction_sees_one_time(pool: Pool, rows: Rows) -> None:
    async with transaction(pool) as conn:
        first = await clock.transaction_time(conn)
        await conn.execute("SELECT pg_sleep(0.01)")
        assert await clock.transaction_time(conn) == first
    assert first.tzinfo is not None
    assert await rows.one("SELECT now()") > first
