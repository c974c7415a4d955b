"""Refunds over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

from api.body import StrictRoute
from api.dependencies import CurrentMerchant, RequestKey, reply, service
from api.errors import BODY_ERRORS, KEY_ERRORS, MERCHANT_ERRORS, responses
from api.paging import PAGE_RESPONSE, Paging, show_page
from api.refunds.schemas import NewRefund, Refund, RefundInput, refund
from api.refunds.service import RefundService
from gateway_core.domain.errors import bad_request, not_found, not_refundable, refund_exceeds_available

Refunds = Annotated[RefundService, service("refunds")]
EVERYTHING: Final = RefundInput()

router = APIRouter(prefix="/api/v1", tags=["Refunds"], route_class=StrictRoute)


@router.post(
    "/payments/{payment_id}/refunds",
    operation_id="createRefund",
    summary="Refund a payment",
    status_code=201,
    response_model=NewRefund,
    responses=responses(
        *MERCHANT_ERRORS,
        *BODY_ERRORS,
        *KEY_ERRORS,
        not_refundable(),
        refund_exceeds_available(),
        not_found("Payment"),
    ),
)
async def create(
    merchant: CurrentMerchant,
    key: RequestKey,
    payment_id: str,
    refunds: Refunds,
    body: RefundInput = EVERYTHING,
) -> Any:
    """All that is left of a successful payment, or a part of it. Pending and processed refunds together never exceed
    the payment.
    """
    return reply(await refunds.create(merchant, payment_id, body, key))


@router.get(
    "/payments/{payment_id}/refunds",
    operation_id="listRefundsOfPayment",
    summary="List the refunds of a payment",
    responses=PAGE_RESPONSE
    | responses(
        *MERCHANT_ERRORS,
        bad_request("limit must be an integer between 1 and 100", field="limit"),
        not_found("Payment"),
    ),
)
async def list_of_payment(
    request: Request,
    response: Response,
    merchant: CurrentMerchant,
    payment_id: str,
    page: Paging,
    refunds: Refunds,
) -> list[Refund]:
    """Newest first."""
    found = await refunds.list_of_payment(merchant, payment_id, page)
    return [refund(record) for record in show_page(request, response, found)]


@router.get(
    "/refunds/{refund_id}",
    operation_id="getRefund",
    summary="Read a refund",
    responses=responses(*MERCHANT_ERRORS, not_found("Refund")),
)
async def get(merchant: CurrentMerchant, refund_id: str, refunds: Refunds) -> Refund:
    return await refunds.get(merchant, refund_id)
