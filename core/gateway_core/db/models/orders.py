"""Orders: what is to be paid, and which payment may be with the acquirer now."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import AmountMinor, Base, CreatedAt, MerchantId, TextId, one_of
from gateway_core.domain.money import MAX_AMOUNT_MINOR
from gateway_core.domain.order import OrderStatus


class Order(Base):
    """One order. ``active_payment_id`` is a slot of one: only its holder may be charged."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(f"amount BETWEEN 1 AND {MAX_AMOUNT_MINOR}", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(one_of("status", *(each.value for each in OrderStatus)), name="status"),
        Index("idx_orders_merchant_id", "merchant_id", "created_at", "id"),
        Index("idx_orders_receipt", "merchant_id", "receipt", postgresql_where=text("receipt IS NOT NULL")),
        # Every payment takes and frees the slot; room on the page keeps those updates off the indexes.
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: Mapped[TextId]
    merchant_id: Mapped[MerchantId]
    amount: Mapped[AmountMinor]
    currency: Mapped[str] = mapped_column(Text)
    receipt: Mapped[str | None] = mapped_column(Text)
    # json, not jsonb: a merchant reads back its notes with the keys in the order it sent them.
    notes: Mapped[object] = mapped_column(JSON, server_default="{}")
    status: Mapped[str] = mapped_column(Text, server_default="created")
    active_payment_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
