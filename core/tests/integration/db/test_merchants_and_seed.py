"""Merchants, their keys and configuration; the seeded one."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg import errors

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries.merchants import (
    NewMerchant,
    find_credentials,
    get_merchant,
    get_webhook_config,
    insert_merchant,
    set_webhook_secret,
    set_webhook_url,
)
from gateway_core.db.seed import TEST_MERCHANT_ID, is_test_merchant_active, seed_test_merchant
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.settings import EVALUATION_ENCRYPTION_KEY, TestMerchantSettings
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

SHA256 = hashlib.sha256(b"secret").digest()


def merchant(key: str, **changes: Any) -> NewMerchant:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "name": "M",
        "email": f"{key}@example.com",
        "api_key": key,
        "api_secret_sha256": SHA256,
        "webhook_secret_encrypted": b"encrypted",
    }
    return NewMerchant(**{**fields, **changes})


def settings(database_url: str, **more: Any) -> TestMerchantSettings:
    return TestMerchantSettings(
        gateway_env="local", database_url=database_url, redis_url="redis://127.0.0.1:1", **more
    )


async def insert(pool: Pool, new: NewMerchant) -> bool:
    async with transaction(pool) as conn:
        return await insert_merchant(conn, new)


async def test_credentials_are_found_by_key(pool: Pool) -> None:
    one, two = merchant("key_1"), merchant("key_2")
    for each in (one, two):
        assert await insert(pool, each)
    async with transaction(pool) as conn:
        found = await find_credentials(conn, ["key_1", "key_2", "key_3", "", "%"])
    assert {key: (each.merchant_id, each.secret_sha256) for key, each in found.items()} == {
        "key_1": (one.id, SHA256),
        "key_2": (two.id, SHA256),
    }


@pytest.mark.parametrize(
    "statement", ["UPDATE merchants SET is_active = false", "UPDATE api_keys SET revoked_at = now()"]
)
async def test_revoked_keys_and_inactive_merchants_are_not_found(
    pool: Pool, rows: Rows, statement: Any
) -> None:
    await insert(pool, merchant("key_1"))
    await rows.run(statement)
    async with transaction(pool) as conn:
        assert await find_credentials(conn, ["key_1"]) == {}


async def test_a_merchant_is_inserted_once(pool: Pool, rows: Rows) -> None:
    first = merchant("key_1")
    assert await insert(pool, first)
    assert not await insert(pool, merchant("key_2", id=first.id))
    assert await rows.values("SELECT key FROM api_keys") == ["key_1"]
    with pytest.raises(errors.UniqueViolation):
        await insert(pool, merchant("key_1"))


async def test_url_and_secret_change_independently(pool: Pool) -> None:
    new = merchant("key_1")
    await insert(pool, new)
    async with transaction(pool) as conn:
        await set_webhook_url(conn, new.id, "https://example.com/hook")
        await set_webhook_secret(conn, new.id, b"other")
        config = await get_webhook_config(conn, new.id)
        assert (config.webhook_url, config.webhook_secret_encrypted) == ("https://example.com/hook", b"other")
        await set_webhook_url(conn, new.id, None)
        config = await get_webhook_config(conn, new.id)
    assert (config.webhook_url, config.webhook_secret_encrypted) == (None, b"other")


async def test_the_seeded_merchant_is_the_contracts(pool: Pool, database_url: str, rows: Rows) -> None:
    assert not await is_test_merchant_active(pool)
    assert await seed_test_merchant(pool, settings(database_url))
    assert await is_test_merchant_active(pool)
    assert UUID("550e8400-e29b-41d4-a716-446655440000") == TEST_MERCHANT_ID
    async with transaction(pool) as conn:
        assert await get_merchant(conn, TEST_MERCHANT_ID) == {
            "id": TEST_MERCHANT_ID,
            "email": "test@example.com",
            "api_key": "key_test_abc123",
        }
        credential = (await find_credentials(conn, ["key_test_abc123"]))["key_test_abc123"]
        encrypted = (await get_webhook_config(conn, TEST_MERCHANT_ID)).webhook_secret_encrypted
    assert credential.secret_sha256 == hashlib.sha256(b"secret_test_xyz789").digest()
    assert encrypted is not None
    assert Cipher(EVALUATION_ENCRYPTION_KEY).decrypt(encrypted) == "whsec_test_abc123"
    assert await rows.one("SELECT name FROM merchants") == "Test Merchant"


async def test_seeding_again_keeps_what_was_configured(pool: Pool, database_url: str) -> None:
    await seed_test_merchant(pool, settings(database_url))
    async with transaction(pool) as conn:
        await set_webhook_url(conn, TEST_MERCHANT_ID, "http://127.0.0.1:4000/webhook")
    assert not await seed_test_merchant(pool, settings(database_url, test_merchant_email="new@example.com"))
    async with transaction(pool) as conn:
        config = await get_webhook_config(conn, TEST_MERCHANT_ID)
    assert config.webhook_url == "http://127.0.0.1:4000/webhook"


async def test_an_inactive_seeded_merchant_does_no_harm(pool: Pool, database_url: str, rows: Rows) -> None:
    await seed_test_merchant(pool, settings(database_url))
    await rows.run("UPDATE merchants SET is_active = false")
    assert not await is_test_merchant_active(pool)
