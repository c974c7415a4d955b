"""Heartbeats of the workers: which are alive, on which queue, with how many rows in flight."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway_core.db.models.base import Base, CreatedAt


class WorkerHeartbeat(Base):
    """The last heartbeat of one worker process on one queue."""

    __tablename__ = "worker_heartbeats"

    worker_id: Mapped[str] = mapped_column(Text, primary_key=True)
    queue: Mapped[str] = mapped_column(Text, primary_key=True)
    in_flight: Mapped[int] = mapped_column(server_default="0")
    started_at: Mapped[CreatedAt]
    beat_at: Mapped[CreatedAt]
