"""After a rotation every stored secret is sealed under the present key, so that the old one can be dropped."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gateway_core.db import reseal as command
from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries.merchants import (
    NewMerchant,
    SealedSecret,
    insert_merchant,
    replace_secret,
    sealed_secrets,
    set_webhook_secret,
)
from gateway_core.db.reseal import reseal
from gateway_core.runtime.crypto import Cipher
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

OLD, NEW, LOST = "o" * 32, "n" * 32, "l" * 32


async def insert(pool: Pool, number: int, sealed: bytes) -> None:
    merchant = NewMerchant(
        id=uuid4(),
        name="M",
        email=f"m{number}@example.com",
        api_key=f"key_{number}",
        api_secret_sha256=b"s" * 32,
        webhook_secret_encrypted=sealed,
    )
    async with transaction(pool) as conn:
        assert await insert_merchant(conn, merchant)


async def stored(pool: Pool) -> list[SealedSecret]:
    async with transaction(pool) as conn:
        return await sealed_secrets(conn, after=None, limit=100)


async def test_all_secrets_move_to_the_present_key(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "BATCH", 2)
    for number in range(5):
        await insert(pool, number, Cipher(OLD).encrypt(f"whsec_{number}"))
    assert await reseal(pool, Cipher(NEW, [OLD])) == (5, 0)
    assert {Cipher(NEW).decrypt(each.sealed) for each in await stored(pool)} == {
        f"whsec_{number}" for number in range(5)
    }


async def test_a_previous_secret_moves_too_while_it_signs(pool: Pool, rows: Rows) -> None:
    await insert(pool, 1, Cipher(OLD).encrypt("whsec_before"))
    (first,) = await stored(pool)
    async with transaction(pool) as conn:
        await set_webhook_secret(conn, first.merchant_id, Cipher(OLD).encrypt("whsec_after"))
    assert await reseal(pool, Cipher(NEW, [OLD])) == (2, 0)
    assert [Cipher(NEW).decrypt(each.sealed) for each in await stored(pool)] == [
        "whsec_after",
        "whsec_before",
    ]
    await rows.run("UPDATE merchants SET webhook_secret_previous_until = now()")
    assert await reseal(pool, Cipher(LOST, [NEW])) == (1, 0)
    assert len(await stored(pool)) == 1


async def test_what_no_key_opens_is_counted_and_left_alone(pool: Pool) -> None:
    sealed = Cipher(LOST).encrypt("whsec_lost")
    await insert(pool, 1, sealed)
    assert await reseal(pool, Cipher(NEW, [OLD])) == (0, 1)
    assert [each.sealed for each in await stored(pool)] == [sealed]


async def test_a_secret_that_was_changed_meanwhile_is_not_overwritten(pool: Pool, rows: Rows) -> None:
    await insert(pool, 1, Cipher(OLD).encrypt("whsec_before"))
    (read,) = await stored(pool)
    await rows.run("UPDATE merchants SET webhook_secret_encrypted = %s", (b"changed",))
    async with transaction(pool) as conn:
        assert not await replace_secret(conn, read, b"too late")
    assert [each.sealed for each in await stored(pool)] == [b"changed"]
