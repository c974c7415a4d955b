"""Payments: one attempt to pay an order, and the work that is due for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import AmountMinor, Base, CreatedAt, MerchantId, TextId, one_of


class Payment(Base):
    """One payment. ``next_attempt_at`` is when a worker should look at it next; a lease pushes it ahead."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount >= 1", name="amount"),
        CheckConstraint(one_of("status", "pending", "processing", "success", "failed"), name="status"),
        CheckConstraint(
            "(method = 'upi' AND vpa IS NOT NULL AND card_network IS NULL AND card_last4 IS NULL)"
            " OR (method = 'card' AND vpa IS NULL AND card_network IS NOT NULL AND card_last4 ~ '^[0-9]{4}$')",
            name="method",
        ),
        CheckConstraint("amount_refunded BETWEEN 0 AND amount", name="amount_refunded"),
        CheckConstraint("status = 'success' OR (NOT captured AND amount_refunded = 0)", name="only_success"),
        CheckConstraint("(status IN ('success', 'failed')) = (next_attempt_at IS NULL)", name="due"),
        CheckConstraint(one_of("authentication", "required", "passed", "failed"), name="authentication"),
        Index(
            "uq_payments_one_success", "order_id", unique=True, postgresql_where=text("status = 'success'")
        ),
        Index("idx_payments_order_id", "order_id"),
        Index("idx_payments_status", "merchant_id", "status", "created_at", "id"),
        Index("idx_payments_merchant_id", "merchant_id", "created_at", "id"),
        Index("idx_payments_due", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
        Index(
            "idx_payments_report",
            "merchant_id",
            "created_at",
            "id",
            postgresql_include=["status", "method", "amount", "currency"],
        ),
        Index("idx_payments_id_prefix", "merchant_id", "id", postgresql_ops={"id": "text_pattern_ops"}),
        Index(
            "idx_payments_order_id_prefix",
            "merchant_id",
            "order_id",
            postgresql_ops={"order_id": "text_pattern_ops"},
        ),
        Index("idx_payments_instrument", "merchant_id", text("coalesce(vpa, card_last4)")),
        Index("idx_payments_requires_review", "merchant_id", postgresql_where=text("requires_review")),
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: Mapped[TextId]
    order_id: Mapped[str] = mapped_column(Text, ForeignKey("orders.id"))
    merchant_id: Mapped[MerchantId]
    amount: Mapped[AmountMinor]
    currency: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    captured: Mapped[bool] = mapped_column(server_default=false())
    vpa: Mapped[str | None] = mapped_column(Text)
    card_network: Mapped[str | None] = mapped_column(Text)
    card_last4: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    error_description: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    # Pending and processed refunds together; the CHECK above is what makes over-refunding impossible.
    amount_refunded: Mapped[int] = mapped_column(BigInteger, server_default="0")
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
    # Null: no code is asked for. While it is required, the payment becomes due only to be refused.
    authentication: Mapped[str | None] = mapped_column(Text)
    authentication_attempts: Mapped[int] = mapped_column(server_default="0")
