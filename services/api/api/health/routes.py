"""Health over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.describe import Endpoint
from api.health import docs
from api.health.schemas import Root
from api.health.service import HealthService
from api.requests import respond
from gateway_core import VERSION

_ROOT: Root = {
    "name": "Payment Gateway API",
    "version": VERSION,
    "docs": "/docs",
    "openapi": "/openapi.json",
    "health": "/health",
}


class HealthRoutes:
    """The endpoints that tell how the gateway is; the job counts only outside production."""

    def __init__(self, service: HealthService, *, jobs: bool) -> None:
        self._service = service
        self._jobs = jobs
        self._root = answer(200, _ROOT)

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        jobs = Endpoint("GET", "/api/v1/test/jobs/status", self.jobs, docs.JOBS)
        return [
            Endpoint("GET", "/", self.root, docs.ROOT),
            Endpoint("GET", "/health", self.health, docs.HEALTH),
            *([jobs] if self._jobs else []),
        ]

    async def root(self, _request: Request) -> Response:
        return respond(self._root)

    async def health(self, _request: Request) -> Response:
        return respond(await self._service.health())

    async def jobs(self, _request: Request) -> Response:
        return respond(await self._service.jobs())
