"""Deliveries of events to merchants (``webhook_logs``) and every single attempt at them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import Base, CreatedAt, UuidId, one_of


class WebhookLog(Base):
    """One delivery. ``payload`` is for people's SQL; what is sent is the event's bytes."""

    __tablename__ = "webhook_logs"
    __table_args__ = (
        CheckConstraint(one_of("status", "pending", "success", "failed"), name="status"),
        CheckConstraint("status <> 'pending' OR next_retry_at IS NOT NULL", name="due"),
        Index("uq_webhook_logs_event_id", "event_id", unique=True),
        Index(
            "idx_webhook_logs_merchant_id",
            "merchant_id",
            "created_at",
            "id",
            postgresql_include=["event", "status"],
        ),
        # Nearly all rows are successes: leaving them out keeps the index small enough to stay in memory.
        Index(
            "idx_webhook_logs_status",
            "status",
            "merchant_id",
            "next_retry_at",
            postgresql_where=text("status <> 'success'"),
        ),
        Index("idx_webhook_logs_next_retry_at", "next_retry_at", postgresql_where=text("status = 'pending'")),
        Index(
            "idx_webhook_logs_subject_id",
            "merchant_id",
            "subject_id",
            postgresql_ops={"subject_id": "text_pattern_ops"},
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: Mapped[UuidId] = mapped_column(server_default=func.gen_random_uuid())
    merchant_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(Text)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    payload: Mapped[object] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    last_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    next_retry_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), server_default=func.now())
    response_code: Mapped[int | None]
    response_body: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease_generation: Mapped[int] = mapped_column(server_default="0")
    subject_id: Mapped[str] = mapped_column(Text, server_default="")


class WebhookAttempt(Base):
    """One HTTP request to a merchant. The key includes the lease's generation, so each attempt is recorded once."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_logs.id"), primary_key=True)
    lease_generation: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    url: Mapped[str] = mapped_column(Text)
    started_at: Mapped[CreatedAt]
    duration_ms: Mapped[int]
    response_code: Mapped[int | None]
    response_body: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    request_headers: Mapped[object | None] = mapped_column(JSON(none_as_null=True))
    response_headers: Mapped[object | None] = mapped_column(JSON(none_as_null=True))
