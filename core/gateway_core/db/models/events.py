"""The append-only event log, which is also the outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import Base, CreatedAt


class Event(Base):
    """One thing that happened. ``payload`` is the webhook body: made once, sent unchanged at every attempt.

    A trigger refuses deletes and any change but the two marks. There is no foreign key to the merchant: the
    row that an event commits with has one, and checking it again would lock the merchant's row at every event.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "uq_events_once_per_transition",
            "subject_id",
            "type",
            unique=True,
            postgresql_where=text("type <> 'webhook.test'"),
        ),
        Index("idx_events_unpublished", "id", postgresql_where=text("published_at IS NULL")),
        Index(
            "idx_events_not_fanned_out", "merchant_id", "id", postgresql_where=text("fanned_out_at IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    merchant_id: Mapped[UUID]
    type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str] = mapped_column(Text)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    traceparent: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    fanned_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
