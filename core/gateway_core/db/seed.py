"""The merchant of a local evaluation (contract, Names): seeded outside production, refused in it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from gateway_core.db.pool import Pool, autocommit, transaction
from gateway_core.db.queries.merchants import NewMerchant, get_merchant, insert_merchant
from gateway_core.runtime.crypto import Cipher, hash_api_secret
from gateway_core.runtime.settings import TestMerchantSettings

TEST_MERCHANT_ID: Final = UUID("550e8400-e29b-41d4-a716-446655440000")
TEST_MERCHANT_NAME: Final = "Test Merchant"
# Published on purpose, like the rest of this merchant's credentials.
TEST_WEBHOOK_SECRET: Final = "whsec_test_abc123"  # noqa: S105


async def seed_test_merchant(pool: Pool, settings: TestMerchantSettings) -> bool:
    """Create the test merchant unless it is there; returns whether it was created.

    An existing one is left as it is, with what its user has configured. Raises ``psycopg.Error``, and
    ``UniqueViolation`` when another merchant has its e-mail address or API key.
    """
    cipher = Cipher(settings.encryption_key.get_secret_value())
    merchant = NewMerchant(
        id=TEST_MERCHANT_ID,
        name=TEST_MERCHANT_NAME,
        email=settings.test_merchant_email,
        api_key=settings.test_api_key,
        api_secret_sha256=hash_api_secret(settings.test_api_secret.get_secret_value()),
        webhook_secret_encrypted=cipher.encrypt(TEST_WEBHOOK_SECRET),
    )
    async with transaction(pool) as conn:
        return await insert_merchant(conn, merchant)


async def is_test_merchant_active(pool: Pool) -> bool:
    """Whether anyone can sign in with the published credentials: a production gateway must not start then."""
    async with autocommit(pool) as conn:
        return await get_merchant(conn, TEST_MERCHANT_ID) is not None
