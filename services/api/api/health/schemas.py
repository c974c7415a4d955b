"""Health and job counts on the wire."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Count, Timestamp, examples

WorkerStatus = Literal["running", "stopped"]
Connected = Literal["connected", "disconnected"]

HEALTHY_EXAMPLE: Final = {
    "status": "healthy",
    "database": "connected",
    "redis": "connected",
    "worker": "running",
    "timestamp": "2024-01-15T10:30:00.123Z",
}
UNHEALTHY_EXAMPLE: Final = {
    **HEALTHY_EXAMPLE,
    "status": "unhealthy",
    "database": "disconnected",
    "worker": "stopped",
}


class Root(BaseModel):
    """This API."""

    model_config: ClassVar[ConfigDict] = examples(
        {
            "name": "Payment Gateway API",
            "version": "0.1.0",
            "docs": "/docs",
            "openapi": "/openapi.json",
            "health": "/health",
        }
    )

    name: Literal["Payment Gateway API"]
    version: str
    docs: str
    openapi: str
    health: str


class Health(BaseModel):
    """The status depends on PostgreSQL only; Redis and the workers are reported."""

    model_config: ClassVar[ConfigDict] = examples(HEALTHY_EXAMPLE)

    status: Literal["healthy", "unhealthy"]
    database: Connected
    redis: Connected
    worker: Annotated[WorkerStatus, Field(description="`running`: all three queues have a live worker.")]
    timestamp: Timestamp


class JobStatus(BaseModel):
    """Payments, refunds and deliveries together; a retry that waits for its time is pending."""

    model_config: ClassVar[ConfigDict] = examples(
        {"pending": 2, "processing": 1, "completed": 100, "failed": 0, "worker_status": "running"}
    )

    pending: Count
    processing: Count
    completed: Count
    failed: Count
    worker_status: WorkerStatus
