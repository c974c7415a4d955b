"""The wake-up message. What it tells feeds traces only: what is to be done stands in PostgreSQL."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class EventRef(BaseModel):
    """An event that has been committed: its type (`payment.created`), its subject's id, its W3C traceparent or ""."""

    model_config = ConfigDict(frozen=True)

    type: str
    subject_id: str
    traceparent: str = ""


class WakeUp(BaseModel):
    """There is new work for the workers of a stream, because of `events`. Unknown fields are ignored."""

    model_config = ConfigDict(frozen=True)

    events: list[EventRef]
