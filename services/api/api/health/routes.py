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


@router.get("/", operation_id="getRoot", summary="Name and version of this API")
async def root() -> Root:
    return ROOT


@router.get(
    "/health",
    operation_id="getHealth",
    summary="Read the gateway's health",
    responses={
        503: {
            "model": Health | Error,
            "content": {"application/json": {"examples": {"unhealthy": {"value": UNHEALTHY_EXAMPLE}}}},
        }
    },
)
async def health(response: Response, checks: HealthChecks) -> Health:
    """503 if PostgreSQL is down. Without Redis it is 200: the gateway still accepts payments."""
    report = await checks.health()
    if report.status == "unhealthy":
        response.status_code = 503
    return report


@test.get("/jobs/status", operation_id="getJobStatus", summary="Read the jobs' status")
async def jobs(checks: HealthChecks) -> JobStatus:
    """Not in production."""
    return await checks.jobs()
