"""Reports over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from api.body import StrictRoute
from api.dependencies import CurrentMerchant, service
from api.errors import MERCHANT_ERRORS, responses
from api.middleware.head import wants_headers_only
from api.payments.filters import Filters
from api.reports.periods import DEFAULT_DAYS, PERIODS_DAYS, check_days
from api.reports.schemas import DashboardQueues, DashboardSummary, PaymentTimeline
from api.reports.service import ReportService
from gateway_core.domain.errors import bad_request, not_found, rate_limited

Reports = Annotated[ReportService, service("reports")]
Days = Annotated[
    int,
    Query(description="Length of the period, which ends now.", json_schema_extra={"enum": [*PERIODS_DAYS]}),
    BeforeValidator(check_days),
]

router = APIRouter(prefix="/api/v1/dashboard", tags=["Dashboard"], route_class=StrictRoute)
# Before the routes of payments, which would take ``export`` for an id.
of_payments = APIRouter(prefix="/api/v1/payments", tags=["Payments"], route_class=StrictRoute)


class CsvResponse(StreamingResponse):
    media_type = "text/csv"


@router.get(
    "/summary",
    operation_id="getDashboardSummary",
    summary="Totals of a period",
    responses=responses(*MERCHANT_ERRORS, bad_request("days must be one of 1, 7, 30, 90", field="days")),
)
async def summary(merchant: CurrentMerchant, reports: Reports, days: Days = DEFAULT_DAYS) -> DashboardSummary:
    """`days=1` is the current hour and the 23 before it, otherwise the current day in the merchant's time zone and
    those before it. Payments count in the period of their creation, refunds in that of their processing.
    """
    return await reports.summary(merchant, days)


@router.get(
    "/queues",
    operation_id="getDashboardQueues",
    summary="The state of the queues",
    responses=responses(*MERCHANT_ERRORS),
)
async def queues(merchant: CurrentMerchant, reports: Reports) -> DashboardQueues:
    """The queues and their workers belong to the gateway, the last three counts to the merchant."""
    return await reports.queues(merchant)


async def open_export(
    response: Response, merchant: CurrentMerchant, filters: Filters, reports: Reports
) -> AsyncIterator[AsyncIterator[bytes]]:
    """The file in pieces; what it holds is released once the response is over, however it ends."""
    response.headers["content-disposition"] = f'attachment; filename="{reports.export_name()}"'
    async with reports.export(merchant, filters) as pieces:
        yield pieces


@of_payments.get(
    "/export",
    operation_id="exportPayments",
    summary="Export payments as CSV",
    response_class=CsvResponse,
    responses=responses(
        *MERCHANT_ERRORS,
        bad_request("status must be one of pending, processing, success, failed", field="status"),
        rate_limited(5),
    )
    | {200: {"headers": {"Content-Disposition": {"$ref": "#/components/headers/Content-Disposition"}}}},
)
async def export(
    request: Request, pieces: Annotated[AsyncIterator[bytes], Depends(open_export)]
) -> AsyncIterator[bytes]:
    """Newest first, with the filters of the list. UTF-8, a header row, CRLF (RFC 4180); times in UTC; amounts in the
    currency's minor unit and, in the columns that end in `_decimal`, in its major unit. Text that a spreadsheet would
    read as a formula begins with an apostrophe.
    """
    if wants_headers_only(request):
        return
    async for piece in pieces:
        yield piece


@of_payments.get(
    "/{payment_id}/timeline",
    operation_id="getPaymentTimeline",
    summary="Read a payment's timeline",
    response_model_exclude_unset=True,
    responses=responses(*MERCHANT_ERRORS, not_found("Payment")),
)
async def timeline(merchant: CurrentMerchant, payment_id: str, reports: Reports) -> PaymentTimeline:
    """The payment, its order, its refunds, their events and every attempt to deliver them."""
    return await reports.timeline(merchant, payment_id)
