"""The simulated bank's own ledger: the charges it got and their outcomes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import AmountMinor, Base, CreatedAt, Instant, TextId, one_of


class SimulatorCharge(Base):
    """One charge or refund at the simulated bank, keyed by the gateway's stable key as at a real one."""

    __tablename__ = "simulator_charges"
    __table_args__ = (
        CheckConstraint(one_of("kind", "payment", "refund"), name="kind"),
        CheckConstraint(one_of("outcome", "approved", "declined", "unknown"), name="outcome"),
    )

    key: Mapped[TextId]
    kind: Mapped[str] = mapped_column(Text)
    amount: Mapped[AmountMinor]
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    final_at: Mapped[Instant]
    submissions: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
