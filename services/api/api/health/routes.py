"""Health over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.body import StrictRoute
from api.dependencies import service
from api.errors import Error
from api.health.schemas import UNHEALTHY_EXAMPLE, Health, JobStatus, Root
from api.health.service import HealthService
from gateway_core import VERSION

HealthChecks = Annotated[HealthService, service("health")]

ROOT: Final = Root(
    name="Payment Gateway API", version=VERSION, docs="/docs", openapi="/openapi.json", health="/health"
)

router = APIRouter(tags=["Health"], route_class=StrictRoute)
# Not in production.
test = APIRouter(prefix="/api/v1/test", tags=["Local evaluation"], route_class=StrictRoute)


@router.get("/", operation_id="getRoot", summary="What answers here")
async def root() -> Root:
    return ROOT


@router.get(
    "/health",
    operation_id="getHealth",
    summary="Is the gateway healthy",
    responses={
        503: {
            "model": Health | Error,
            "content": {"application/json": {"examples": {"unhealthy": {"value": UNHEALTHY_EXAMPLE}}}},
        }
    },
)
async def health(response: Response, checks: HealthChecks) -> Health:
    """Redis down is reported, but payments are accepted all the same; PostgreSQL down is a 503."""
    report = await checks.health()
    if report.status == "unhealthy":
        response.status_code = 503
    return report


@test.get("/jobs/status", operation_id="getJobStatus", summary="How much work is waiting")
async def jobs(checks: HealthChecks) -> JobStatus:
    """Not in production."""
    return await checks.jobs()
