"""Reports over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.reports import docs
from api.reports.service import ReportService
from api.requests import NO_STORE, Door, respond
from api.streaming import StreamedResponse

CSV = "text/csv; charset=utf-8"


class ReportRoutes:
    """The endpoints of reports."""

    def __init__(self, service: ReportService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched, and before payments: ``export`` could be a payment's id."""
        return [
            Endpoint("GET", "/api/v1/payments/export", self.export, docs.EXPORT),
            Endpoint("GET", "/api/v1/payments/{payment_id}/timeline", self.timeline, docs.TIMELINE),
            Endpoint("GET", "/api/v1/dashboard/summary", self.summary, docs.SUMMARY),
            Endpoint("GET", "/api/v1/dashboard/queues", self.queues, docs.QUEUES),
        ]

    async def export(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        pieces = await self._service.export(merchant_id, request.query_params)
        named = {"content-disposition": f'attachment; filename="{self._service.export_name()}"'}
        return StreamedResponse(pieces, CSV, {**NO_STORE, **named})

    async def timeline(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.timeline(merchant_id, request.path_params["payment_id"]))

    async def summary(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        return respond(await self._service.summary(merchant_id, request.query_params))

    async def queues(self, request: Request) -> Response:
        return respond(await self._service.queues(await self._door.merchant_of(request)))
