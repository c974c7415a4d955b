"""Health and job counts on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Timestamp

WorkerStatus = Literal["running", "stopped"]
Connected = Literal["connected", "disconnected"]
Count = Annotated[int, Field(ge=0)]


class Root(TypedDict):
    """What answers here."""

    name: Literal["Payment Gateway API"]
    version: str
    docs: str
    openapi: str
    health: str


class Health(TypedDict):
    """Redis and the workers are reported; only PostgreSQL decides."""

    status: Literal["healthy", "unhealthy"]
    database: Connected
    redis: Connected
    worker: Annotated[WorkerStatus, Field(description="Running: all three queues have a live worker.")]
    timestamp: Timestamp


class JobStatus(TypedDict):
    """Payments, refunds and deliveries together; a retry that waits for its time is pending."""

    pending: Count
    processing: Count
    completed: Count
    failed: Count
    worker_status: WorkerStatus


OpenApiDocument = dict[str, Any]
