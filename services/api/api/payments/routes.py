"""Payments over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

from api.body import CrossOriginRoute, StrictRoute
from api.dependencies import CurrentMerchant, RequestKey, reply, service
from api.errors import BODY_ERRORS, KEY_ERRORS, MERCHANT_ERRORS, responses
from api.paging import PAGE_RESPONSE, Paging, show_page
from api.payments.filters import Filters
from api.payments.public import MAX_PUBLIC_ATTEMPTS_PER_ORDER
from api.payments.schemas import (
    CaptureInput,
    NewPayment,
    NewPublicPayment,
    Payment,
    PaymentInput,
    PublicPayment,
    payment,
)
from api.payments.service import PaymentService
from gateway_core.domain.errors import (
    bad_request,
    expired_card,
    invalid_card,
    invalid_payment_method,
    invalid_vpa,
    not_capturable,
    not_found,
    order_already_paid,
    payment_in_progress,
    too_many_attempts,
)
from gateway_core.domain.money import upi_takes_inr_only

Payments = Annotated[PaymentService, service("payments")]

CREATION_ERRORS: Final = (
    *BODY_ERRORS, *KEY_ERRORS, invalid_payment_method(), invalid_vpa(), invalid_card(), expired_card(),
    order_already_paid(), upi_takes_inr_only(), not_found("Order"),
)  # fmt: skip
EVERYTHING: Final = CaptureInput()

router = APIRouter(prefix="/api/v1/payments", tags=["Payments"], route_class=StrictRoute)
public = APIRouter(prefix="/api/v1/payments", tags=["Payments"], route_class=CrossOriginRoute)


@router.post(
    "",
    operation_id="createPayment",
    summary="Pay an order",
    status_code=201,
    response_model=NewPayment,
    response_model_exclude_unset=True,
    responses=responses(*MERCHANT_ERRORS, *CREATION_ERRORS),
)
async def create(merchant: CurrentMerchant, key: RequestKey, body: PaymentInput, payments: Payments) -> Any:
    """The payment is pending at first; read it again, or wait for its webhook. If the card's bank asks the payer for a
    code, `next_action` says so, and the payer's browser sends the code with `client_secret`.
    """
    return reply(await payments.create(merchant, body, key))


@public.post(
    "/public",
    operation_id="createPublicPayment",
    summary="Pay an order as its payer",
    description=(
        "For the checkout page: the browser has only the secret of its own payment. An order has one payment at a "
        f"time, at most {MAX_PUBLIC_ATTEMPTS_PER_ORDER} in all. Keys count within one order."
    ),
    status_code=201,
    response_model=NewPublicPayment,
    response_model_exclude_unset=True,
    responses=responses(*CREATION_ERRORS, payment_in_progress(), too_many_attempts()),
)
async def create_public(key: RequestKey, body: PaymentInput, payments: Payments) -> Any:
    return reply(await payments.create_public(body, key))


@router.get(
    "",
    operation_id="listPayments",
    summary="List payments",
    response_model_exclude_unset=True,
    responses=PAGE_RESPONSE
    | responses(
        *MERCHANT_ERRORS,
        bad_request("status must be one of pending, processing, success, failed", field="status"),
    ),
)
async def list_page(
    request: Request,
    response: Response,
    merchant: CurrentMerchant,
    filters: Filters,
    page: Paging,
    payments: Payments,
) -> list[Payment]:
    """Newest first. Follow `Link: <…>; rel="next"`, which is stable while payments are added."""
    found = await payments.list_page(merchant, filters, page)
    return [payment(record) for record in show_page(request, response, found)]


@router.get(
    "/{payment_id}",
    operation_id="getPayment",
    summary="Read a payment",
    response_model_exclude_unset=True,
    responses=responses(*MERCHANT_ERRORS, not_found("Payment")),
)
async def get(merchant: CurrentMerchant, payment_id: str, payments: Payments) -> Payment:
    return await payments.get(merchant, payment_id)


@public.get(
    "/{payment_id}/public",
    operation_id="getPublicPayment",
    summary="Read a payment as its payer",
    responses=responses(not_found("Payment")),
)
async def get_public(payment_id: str, payments: Payments) -> PublicPayment:
    return await payments.get_public(payment_id)


@router.post(
    "/{payment_id}/capture",
    operation_id="capturePayment",
    summary="Capture a payment",
    response_model=Payment,
    response_model_exclude_unset=True,
    responses=responses(
        *MERCHANT_ERRORS,
        *BODY_ERRORS,
        *KEY_ERRORS,
        not_capturable(),
        bad_request("Capture amount must equal the payment amount", field="amount"),
        not_found("Payment"),
    ),
)
async def capture(
    merchant: CurrentMerchant,
    key: RequestKey,
    payment_id: str,
    payments: Payments,
    body: CaptureInput = EVERYTHING,
) -> Any:
    """A successful payment that is not fully refunded is captured once, with its full amount."""
    return reply(await payments.capture(merchant, payment_id, body.amount, key))
