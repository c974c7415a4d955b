"""Concurrent creations share transactions, and one bad row spoils none of the others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import psycopg
import pytest
from pydantic import BaseModel

from api.batches import BatchWriter
from api.idempotency import IdempotencyKey, Replay
from gateway_core.db.pool import Connection
from gateway_core.domain.errors import GatewayError, not_found
from gateway_core.runtime.coalescer import CoalescerClosed

if TYPE_CHECKING:
    from tests.conftest import Gateway

    from gateway_core.db.pool import Pool
    from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

Writer: TypeAlias = "BatchWriter[str, str, str, Letter]"


class Letter(BaseModel):
    letter: str
    transaction: str


class Letters:
    """Creates single letters; a row must not be ``poison``, a request must not be ``missing`` or ``bug``."""

    def __init__(self, *, locks: bool) -> None:
        self.locks = locks

    async def read(self, conn: Connection, requests: Sequence[str]) -> str:
        row = await (await conn.execute("SELECT pg_current_xact_id()::text AS id")).fetchone()
        assert row is not None
        return str(row["id"])

    def decide(self, request: str, context: str) -> tuple[str, Letter]:
        if request == "missing":
            raise not_found("Letter")
        if request == "bug":
            raise KeyError(request)
        return request, Letter(letter=request, transaction=context)

    async def write(self, conn: Connection, rows: Sequence[str]) -> None:
        await conn.execute("INSERT INTO letters SELECT unnest(%s::text[])", (list(rows),))


@pytest.fixture(params=[True, False], ids=["locking", "without locks"])
async def writer(request: pytest.FixtureRequest, pool: Pool, rows: Rows) -> Writer:
    await rows.run("CREATE TABLE letters (letter text CHECK (letter <> 'poison'))")
    return BatchWriter(pool, Letters(locks=request.param))


async def create(writer: Writer, *letters: str) -> list[Letter | Replay | BaseException]:
    return await asyncio.gather(*(writer.create(letter, None) for letter in letters), return_exceptions=True)


async def test_what_comes_at_once_is_committed_together(writer: Writer, rows: Rows) -> None:
    answers = await create(writer, *(f"a{number}" for number in range(300)))
    transactions = Counter(each.transaction for each in answers if isinstance(each, Letter))
    assert transactions.total() == 300
    assert len(transactions) <= 6
    assert await rows.one("SELECT count(*) FROM letters") == 300


async def test_a_refused_request_is_refused_alone(writer: Writer, rows: Rows) -> None:
    answers = await create(writer, "a", "missing", "b", "bug", "c")
    assert [type(each) for each in answers] == [Letter, GatewayError, Letter, KeyError, Letter]
    assert await rows.values("SELECT letter FROM letters ORDER BY letter") == ["a", "b", "c"]


async def test_a_row_that_the_database_refuses_spoils_no_other(writer: Writer, rows: Rows) -> None:
    answers = await create(writer, *("a", "poison", "b", "poison", "c", "missing"))
    kinds = [type(each) for each in answers]
    assert kinds == [
        Letter,
        psycopg.errors.CheckViolation,
        Letter,
        psycopg.errors.CheckViolation,
        Letter,
        GatewayError,
    ]
    assert await rows.values("SELECT letter FROM letters ORDER BY letter") == ["a", "b", "c"]


async def test_the_wake_comes_after_the_commit_and_only_for_what_was_made(
    pool: Pool, writer: Writer, rows: Rows
) -> None:
    wakes = 0

    def wake() -> None:
        nonlocal wakes
        wakes += 1

    waking = BatchWriter(pool, Letters(locks=True), wake)
    await create(waking, "missing", "bug")
    assert wakes == 0
    await create(waking, "a")
    assert wakes == 1
    await create(waking, "poison")
    assert wakes == 1


async def test_closing_answers_what_waits(writer: Writer, rows: Rows) -> None:
    creating = [asyncio.create_task(writer.create(letter, None)) for letter in ("a", "b")]
    await asyncio.sleep(0)
    await writer.aclose()
    assert [type(await each) for each in creating] == [Letter, Letter]
    with pytest.raises(CoalescerClosed):
        await writer.create("c", None)
    assert await rows.one("SELECT count(*) FROM letters") == 2


async def test_an_answer_is_stored_with_its_row_or_not_at_all(writer: Writer, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    creations = [
        writer.create(letter, IdempotencyKey(letter, "POST /", b"f").of_merchant(merchant_id))
        for letter in ("a", "poison")
    ]
    answers = await asyncio.gather(*creations, return_exceptions=True)
    assert isinstance(answers[1], psycopg.errors.CheckViolation)
    assert await rows.values("SELECT key FROM idempotency_keys") == ["a"]


async def test_payments_created_at_once_all_have_their_events(gateway: Gateway) -> None:
    orders = [await gateway.order() for _ in range(5)]
    bodies = [{"order_id": orders[number % 5]["id"], "method": "upi", "vpa": "a@b"} for number in range(100)]
    bodies[50]["order_id"] = "order_AAAAAAAAAAAAAAAAAAAAAA"
    bodies[51]["vpa"] = "wrong"
    responses = await asyncio.gather(*(gateway.post("/api/v1/payments", body) for body in bodies))
    assert Counter(response.status_code for response in responses) == {201: 98, 404: 1, 400: 1}
    assert await gateway.rows.one("SELECT count(*) FROM events") == 196
    assert await gateway.rows.one("SELECT count(DISTINCT created_at) FROM payments") < 50
    assert await gateway.rows.violations() == {}
