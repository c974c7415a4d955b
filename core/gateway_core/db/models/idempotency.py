"""Stored answers to requests that carried an idempotency key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import Base, CreatedAt, MerchantId


class IdempotencyKey(Base):
    """The first answer under a key. ``json`` keeps its text as it was, so that a replay is the same bytes."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("idx_idempotency_keys_expires_at", "expires_at"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    merchant_id: Mapped[MerchantId] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    route: Mapped[str | None] = mapped_column(Text)
    status_code: Mapped[int]
    response: Mapped[object] = mapped_column(JSON)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
