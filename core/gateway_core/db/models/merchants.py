"""Merchants and the API keys with which they authenticate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, DateTime, Index, LargeBinary, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import Base, CreatedAt, MerchantId, TextId, UuidId


class Merchant(Base):
    """One merchant. The webhook secret is kept encrypted, never as plain text."""

    __tablename__ = "merchants"
    __table_args__ = (
        Index("uq_merchants_email_lower", text("lower(email)"), unique=True),
        CheckConstraint("brand_color ~ '^#[0-9a-f]{6}$'", name="brand_color"),
    )

    id: Mapped[UuidId]
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text, unique=True)
    api_key: Mapped[str] = mapped_column(Text, unique=True)
    webhook_url: Mapped[str | None] = mapped_column(Text)
    webhook_secret_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    allowed_origins: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    password_hash: Mapped[str | None] = mapped_column(Text)
    """Argon2id in PHC form; None: the merchant cannot sign in."""
    webhook_events: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    webhook_secret_previous_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    webhook_secret_previous_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    logo_url: Mapped[str | None] = mapped_column(Text)
    brand_color: Mapped[str | None] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text, server_default="UTC")
    """Of the IANA database; the merchant's days begin at its midnights."""


class ApiKey(Base):
    """A key with its secret's SHA-256: secrets are 128 random bits or more, so a slow hash adds nothing."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("octet_length(secret_sha256) = 32", name="secret_sha256"),)

    key: Mapped[TextId]
    merchant_id: Mapped[MerchantId] = mapped_column(index=True)
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    name: Mapped[str | None] = mapped_column(Text)
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
