"""Merchants: authentication and webhook configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from gateway_core.db.pool import Connection

MAX_LISTED = 10_000
SECRET_OVERLAP_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class ApiCredential:
    """A live API key of an active merchant, with the SHA-256 of its secret."""

    key: str
    merchant_id: UUID
    secret_sha256: bytes


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """Where a merchant's webhooks go; the secret is still encrypted. ``webhook_events`` is None for every event."""

    webhook_url: str | None
    webhook_secret_encrypted: bytes | None
    webhook_events: list[str] | None


@dataclass(frozen=True, slots=True)
class MerchantSettings:
    """What a merchant sets about itself and its checkout."""

    name: str
    logo_url: str | None
    brand_color: str | None
    time_zone: str
    allowed_origins: list[str]


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """A merchant to create, with its first API key."""

    id: UUID
    name: str
    email: str
    api_key: str
    api_secret_sha256: bytes
    webhook_secret_encrypted: bytes


@dataclass(frozen=True, slots=True)
class MerchantLine:
    """A merchant in the operator's list."""

    id: UUID
    name: str
    email: str
    api_key: str
    is_active: bool
    has_password: bool
    created_at: datetime


async def find_credentials(conn: Connection, keys: Sequence[str]) -> dict[str, ApiCredential]:
    """The credentials of those ``keys`` that are neither revoked nor expired and whose merchant is active."""
    cursor = await conn.execute(
        """
        SELECT k.key, k.merchant_id, k.secret_sha256
        FROM api_keys k JOIN merchants m ON m.id = k.merchant_id
        WHERE k.key = ANY(%s) AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
          AND m.is_active
        """,
        (list(keys),),
    )
    return {row["key"]: ApiCredential(**row) for row in await cursor.fetchall()}


async def get_webhook_config(conn: Connection, merchant_id: UUID) -> WebhookConfig:
    """The webhook configuration of an existing merchant."""
    cursor = await conn.execute(
        "SELECT webhook_url, webhook_secret_encrypted, webhook_events FROM merchants WHERE id = %s",
        (merchant_id,),
    )
    row = await cursor.fetchone()
    return WebhookConfig(**row) if row else WebhookConfig(None, None, None)


async def set_webhook_url(conn: Connection, merchant_id: UUID, url: str | None) -> None:
    """Send the merchant's webhooks to ``url`` from now on; None stops them."""
    await conn.execute(
        "UPDATE merchants SET webhook_url = %s, updated_at = now() WHERE id = %s", (url, merchant_id)
    )


async def set_webhook_secret(conn: Connection, merchant_id: UUID, encrypted: bytes) -> None:
    """Sign the merchant's webhooks with another secret from now on, for ``SECRET_OVERLAP_S`` with this one as well."""
    await conn.execute(
        """
        UPDATE merchants
        SET webhook_secret_encrypted = %s, webhook_secret_previous_encrypted = webhook_secret_encrypted,
            webhook_secret_previous_until = now() + make_interval(secs => %s), updated_at = now()
        WHERE id = %s
        """,
        (encrypted, SECRET_OVERLAP_S, merchant_id),
    )


async def set_webhook_events(conn: Connection, merchant_id: UUID, names: Sequence[str] | None) -> None:
    """Deliver only these events from now on; None: every event."""
    await conn.execute(
        "UPDATE merchants SET webhook_events = %s, updated_at = now() WHERE id = %s",
        (None if names is None else list(names), merchant_id),
    )


async def get_allowed_origins(conn: Connection, merchant_id: UUID) -> list[str]:
    """The sites that may frame an existing merchant's checkout."""
    cursor = await conn.execute("SELECT allowed_origins FROM merchants WHERE id = %s", (merchant_id,))
    row = await cursor.fetchone()
    return row["allowed_origins"] if row else []


async def set_allowed_origins(conn: Connection, merchant_id: UUID, origins: Sequence[str]) -> None:
    """Allow these sites, and no others, to frame the merchant's checkout."""
    await conn.execute(
        "UPDATE merchants SET allowed_origins = %s, updated_at = now() WHERE id = %s",
        (list(origins), merchant_id),
    )


async def get_settings(conn: Connection, merchant_id: UUID) -> MerchantSettings:
    """The settings of an existing merchant."""
    cursor = await conn.execute(
        "SELECT name, logo_url, brand_color, time_zone, allowed_origins FROM merchants WHERE id = %s",
        (merchant_id,),
    )
    row = await cursor.fetchone()
    assert row is not None  # merchants are never deleted
    return MerchantSettings(**row)


async def set_settings(conn: Connection, merchant_id: UUID, settings: MerchantSettings) -> None:
    """Replace the settings."""
    await conn.execute(
        """
        UPDATE merchants SET name = %s, logo_url = %s, brand_color = %s, time_zone = %s, allowed_origins = %s,
               updated_at = now()
        WHERE id = %s
        """,
        (
            settings.name,
            settings.logo_url,
            settings.brand_color,
            settings.time_zone,
            list(settings.allowed_origins),
            merchant_id,
        ),
    )


async def insert_merchant(conn: Connection, merchant: NewMerchant) -> bool:
    """Create a merchant and its key unless its id exists; returns whether it was created."""
    cursor = await conn.execute(
        """
        WITH merchant AS (
            INSERT INTO merchants (id, name, email, api_key, webhook_secret_encrypted)
            VALUES (%(id)s, %(name)s, %(email)s, %(key)s, %(webhook_secret)s)
            ON CONFLICT (id) DO NOTHING RETURNING id
        )
        INSERT INTO api_keys (key, merchant_id, secret_sha256) SELECT %(key)s, id, %(secret)s FROM merchant
        """,
        {
            "id": merchant.id,
            "name": merchant.name,
            "email": merchant.email,
            "key": merchant.api_key,
            "secret": merchant.api_secret_sha256,
            "webhook_secret": merchant.webhook_secret_encrypted,
        },
    )
    return cursor.rowcount == 1


async def get_merchant(conn: Connection, merchant_id: UUID) -> dict[str, object] | None:
    """Id, email and API key of an active merchant, or None."""
    cursor = await conn.execute(
        "SELECT id, email, api_key FROM merchants WHERE id = %s AND is_active", (merchant_id,)
    )
    return await cursor.fetchone()


async def list_merchants(conn: Connection) -> list[MerchantLine]:
    """Every merchant, oldest first, at most ``MAX_LISTED``."""
    cursor = await conn.execute(
        """
        SELECT id, name, email, api_key, is_active, password_hash IS NOT NULL AS has_password, created_at
        FROM merchants ORDER BY created_at, id LIMIT %s
        """,
        (MAX_LISTED,),
    )
    return [MerchantLine(**row) for row in await cursor.fetchall()]


async def deactivate(conn: Connection, merchant_id: UUID) -> None:
    """Refuse the merchant's keys and sign-ins from now on."""
    await conn.execute(
        "UPDATE merchants SET is_active = false, updated_at = now() WHERE id = %s", (merchant_id,)
    )


SecretColumn: TypeAlias = Literal["webhook_secret_encrypted", "webhook_secret_previous_encrypted"]


@dataclass(frozen=True, slots=True)
class EncryptedSecret:
    """One of a merchant's webhook secrets, encrypted."""

    merchant_id: UUID
    column: SecretColumn
    encrypted: bytes


async def encrypted_secrets(conn: Connection, *, after: UUID | None, limit: int) -> list[EncryptedSecret]:
    """The stored webhook secrets that still sign of up to ``limit`` merchants, in the order of their ids."""
    cursor = await conn.execute(
        """
        WITH batch AS (
            SELECT * FROM merchants
            WHERE webhook_secret_encrypted IS NOT NULL AND (%(after)s::uuid IS NULL OR id > %(after)s)
            ORDER BY id LIMIT %(limit)s
        )
        SELECT id AS merchant_id, 'webhook_secret_encrypted' AS column, webhook_secret_encrypted AS encrypted FROM batch
        UNION ALL
        SELECT id, 'webhook_secret_previous_encrypted', webhook_secret_previous_encrypted FROM batch
        WHERE webhook_secret_previous_encrypted IS NOT NULL AND webhook_secret_previous_until > now()
        ORDER BY merchant_id
        """,
        {"after": after, "limit": limit},
    )
    return [EncryptedSecret(**row) for row in await cursor.fetchall()]


async def replace_secret(conn: Connection, secret: EncryptedSecret, encrypted: bytes) -> bool:
    """Store ``encrypted`` in place of ``secret``; False when it has been changed meanwhile."""
    cursor = await conn.execute(
        f"UPDATE merchants SET {secret.column} = %s WHERE id = %s AND {secret.column} = %s",
        (encrypted, secret.merchant_id, secret.encrypted),
    )
    return cursor.rowcount == 1
