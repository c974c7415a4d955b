"""The event stream on the wire."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from api.fields import Timestamp, examples

LiveType = Literal[
    "payment.created",
    "payment.pending",
    "payment.success",
    "payment.failed",
    "refund.created",
    "refund.processed",
    "refund.failed",
    "webhook.test",
]


class LiveEvent(BaseModel):
    """The ``data`` of one message: an event as webhooks tell it, ``{"payment": …}``, ``{"refund": …}`` or a test."""

    model_config: ClassVar[ConfigDict] = examples(
        {
            "type": "payment.success",
            "created_at": "2024-01-15T10:31:07.456Z",
            "data": {"payment": {"id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS", "status": "success"}},
        }
    )

    type: LiveType
    created_at: Timestamp
    data: dict[str, Any]
