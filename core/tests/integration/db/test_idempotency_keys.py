"""Idempotency keys: held for one transaction, answered for 24 hours."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from psycopg.errors import UniqueViolation

from gateway_core.db.pool import Connection, Pool, autocommit, transaction
from gateway_core.db.queries.idempotency import (
    KeyScope,
    StoredAnswer,
    is_key_conflict,
    look_up,
    purge_expired,
    store_answers,
)
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

# White space, key order and a repeated name: text that jsonb would not give back.
BODY = '{"b": 1,"a":2 , "₹":"😀\\u00e9", "b":3}'.encode()


def answer(body: bytes = BODY, fingerprint: bytes = b"f" * 32) -> StoredAnswer:
    return StoredAnswer(fingerprint, "POST /api/v1/orders", 201, body)


async def find(pool: Pool, *scopes: KeyScope) -> dict[KeyScope, StoredAnswer]:
    async with autocommit(pool) as conn:
        states = await look_up(conn, scopes)
    return {
        scope: state.answer for scope, state in zip(scopes, states, strict=True) if state.answer is not None
    }


async def take(conn: Connection, *scopes: KeyScope) -> list[bool]:
    return [state.is_free for state in await look_up(conn, scopes)]


async def store(pool: Pool, *answers: tuple[KeyScope, StoredAnswer]) -> None:
    async with transaction(pool) as conn:
        await store_answers(conn, answers)


async def test_an_answer_comes_back_byte_for_byte(pool: Pool, rows: Rows) -> None:
    scope = KeyScope(await rows.merchant(), "k")
    await store(pool, (scope, answer()))
    assert await find(pool, scope, KeyScope(scope.merchant_id, "other")) == {scope: answer()}


async def test_merchant_and_key_together_make_the_scope(pool: Pool, rows: Rows) -> None:
    scopes = [KeyScope(await rows.merchant(), key) for key in ("a", "b", "a")]
    answers = [answer(b'{"n":%d}' % number) for number in range(3)]
    await store(pool, *zip(scopes, answers, strict=True))
    assert await find(pool, *scopes) == dict(zip(scopes, answers, strict=True))


async def test_an_expired_answer_is_not_found_and_may_be_replaced(pool: Pool, rows: Rows) -> None:
    scope = KeyScope(await rows.merchant(), "k")
    await store(pool, (scope, answer()))
    await rows.run("UPDATE idempotency_keys SET expires_at = now()")
    assert await find(pool, scope) == {}
    await store(pool, (scope, answer(b"{}", b"g" * 32)))
    assert await find(pool, scope) == {scope: answer(b"{}", b"g" * 32)}
    assert await rows.one("SELECT expires_at - created_at = interval '24 hours' FROM idempotency_keys")


async def test_an_answer_that_still_counts_is_never_replaced(pool: Pool, rows: Rows) -> None:
    scope = KeyScope(await rows.merchant(), "k")
    await store(pool, (scope, answer()))
    with pytest.raises(UniqueViolation) as conflict:
        await store(pool, (scope, answer(b"{}")))
    assert is_key_conflict(conflict.value)
    assert await find(pool, scope) == {scope: answer()}


async def test_a_key_is_held_by_one_transaction_until_it_ends(pool: Pool) -> None:
    scopes = [KeyScope(uuid4(), key) for key in ("a", "b", "c")]
    async with transaction(pool) as first, transaction(pool) as second:
        assert await take(first, *scopes[:2]) == [True, True]
        assert await take(second, *scopes[1:]) == [False, True]
    async with transaction(pool) as third:
        assert await take(third, *scopes) == [True, True, True]


async def test_a_transaction_that_fails_gives_its_keys_back(pool: Pool) -> None:
    scope = KeyScope(UUID(int=1), "k")
    with pytest.raises(RuntimeError):
        async with transaction(pool) as conn:
            await take(conn, scope)
            raise RuntimeError
    async with transaction(pool) as conn:
        assert await take(conn, scope) == [True]


async def test_the_next_holder_of_a_key_sees_the_previous_answer(pool: Pool, rows: Rows) -> None:
    """Nobody may act twice, however closely they follow: an answer that was missed is in the way of a second one."""
    scope = KeyScope(await rows.merchant(), "k")
    acted = 0

    async def act_once() -> None:
        nonlocal acted
        while True:
            with suppress(UniqueViolation):
                async with transaction(pool) as conn:
                    [state] = await look_up(conn, [scope])
                    if state.is_free:
                        if state.answer is None:
                            await store_answers(conn, [(scope, answer())])
                            acted += 1
                        return
            await asyncio.sleep(0)

    for _ in range(10):
        await rows.run("DELETE FROM idempotency_keys")
        acted = 0
        await asyncio.gather(*(act_once() for _ in range(8)))
        assert acted == 1


async def test_expired_keys_are_purged_oldest_first_within_the_limit(pool: Pool, rows: Rows) -> None:
    merchant_id = await rows.merchant()
    await store(pool, *((KeyScope(merchant_id, key), answer()) for key in ("a", "b", "c", "d")))
    await rows.run("UPDATE idempotency_keys SET expires_at = now() - interval '1 h' WHERE key < 'c'")
    await rows.run("UPDATE idempotency_keys SET expires_at = now() WHERE key = 'c'")
    async with transaction(pool) as conn:
        assert await purge_expired(conn, 2) == 2
    assert await rows.values("SELECT key FROM idempotency_keys ORDER BY key") == ["c", "d"]
    async with transaction(pool) as conn:
        assert await purge_expired(conn, 2) == 1
        assert await purge_expired(conn, 2) == 0
