"""What operators decided about payments and refunds in review."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import Base, CreatedAt, TextId, one_of


class ReviewResolution(Base):
    """How an operator resolved a payment or refund. A trigger refuses to change or delete it."""

    __tablename__ = "review_resolutions"
    __table_args__ = (
        CheckConstraint(one_of("outcome", "success", "processed", "failed"), name="outcome"),
        CheckConstraint("resolved_by <> '' AND reason <> ''", name="accounted_for"),
    )

    subject_id: Mapped[TextId]
    merchant_id: Mapped[UUID]
    outcome: Mapped[str] = mapped_column(Text)
    resolved_by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
