"""Refunds: money on its way back to the buyer, and the work that is due for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import AmountMinor, Base, CreatedAt, MerchantId, TextId, one_of


class Refund(Base):
    """One refund. While pending or processing its amount is held in its payment's ``amount_refunded``."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount >= 1", name="amount"),
        CheckConstraint(one_of("status", "pending", "processing", "processed", "failed"), name="status"),
        CheckConstraint("(status IN ('processed', 'failed')) = (next_attempt_at IS NULL)", name="due"),
        CheckConstraint("(status = 'processed') = (processed_at IS NOT NULL)", name="processed_at"),
        Index("idx_refunds_payment_id", "payment_id", "created_at"),
        Index("idx_refunds_id_prefix", "merchant_id", "id", postgresql_ops={"id": "text_pattern_ops"}),
        Index("idx_refunds_requires_review", "merchant_id", postgresql_where=text("requires_review")),
        Index(
            "idx_refunds_processed_at",
            "merchant_id",
            "processed_at",
            postgresql_where=text("processed_at IS NOT NULL"),
        ),
        Index("idx_refunds_due", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
    )

    id: Mapped[TextId]
    payment_id: Mapped[str] = mapped_column(Text, ForeignKey("payments.id"))
    merchant_id: Mapped[MerchantId]
    amount: Mapped[AmountMinor]
    reason: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    error_code: Mapped[str | None] = mapped_column(Text)
    error_description: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    processed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    requires_review: Mapped[bool] = mapped_column(server_default=false())
    next_attempt_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    lease_generation: Mapped[int] = mapped_column(server_default="0")
    # A worker holds it until next_attempt_at; if it is due while leased, the lease has expired.
    leased: Mapped[bool] = mapped_column(server_default=false())
    # From then on the acquirer may have the charge: its status is queried, and it is submitted again only if not found.
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Status queries that were answered.
    look_ups: Mapped[int] = mapped_column(server_default="0")
    traceparent: Mapped[str | None] = mapped_column(Text)
