"""The dashboard's sessions, and the sign-ins that failed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import Base, CreatedAt, Instant, MerchantId


class Session(Base):
    """A signed-in browser. Its token is kept as SHA-256 only; an ended session has no row."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("octet_length(token_sha256) = 32", name="token_sha256"),
        Index("idx_sessions_merchant_id", "merchant_id", "created_at"),
    )

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    merchant_id: Mapped[MerchantId]
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant] = mapped_column(index=True)


class SignInFailures(Base):
    """Failed sign-ins of an account or a client address; which one is kept as a keyed hash only."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (CheckConstraint("octet_length(subject) = 32", name="subject"),)

    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(server_default="0")
    last_failed_at: Mapped[CreatedAt] = mapped_column(index=True)
