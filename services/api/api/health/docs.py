"""Health, job counts and the seeded merchant in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.describe import Operation, Shape
from api.health.schemas import Health, JobStatus, Root

TAG: Final = "Health"
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

ROOT: Final = Operation(
    id="getRoot",
    tag=TAG,
    summary="What answers here",
    answer=Shape(
        name="Root",
        type=Root,
        examples={
            "root": {
                "name": "Payment Gateway API",
                "version": "0.1.0",
                "docs": "/docs",
                "openapi": "/openapi.json",
                "health": "/health",
            }
        },
    ),
    signed=False,
)
HEALTH: Final = Operation(
    id="getHealth",
    tag=TAG,
    summary="Is the gateway healthy",
    description="Redis down is reported, but payments are accepted all the same; PostgreSQL down is a 503.",
    answer=Shape(name="Health", type=Health, examples={"healthy": HEALTHY_EXAMPLE}),
    other_answers={503: Shape(name="Health", type=Health, examples={"unhealthy": UNHEALTHY_EXAMPLE})},
    signed=False,
)
JOBS: Final = Operation(
    id="getJobStatus",
    tag="Local evaluation",
    summary="How much work is waiting",
    description="Not in production.",
    answer=Shape(
        name="JobStatus",
        type=JobStatus,
        examples={
            "jobs": {
                "pending": 2,
                "processing": 1,
                "completed": 100,
                "failed": 0,
                "worker_status": "running",
            }
        },
    ),
    signed=False,
)
