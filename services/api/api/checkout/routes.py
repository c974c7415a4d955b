"""The checkout over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request

from api.body import CrossOriginRoute, StrictRoute
from api.checkout.schemas import AllowedOrigins, CheckoutPayment, CheckoutSettings, CodeInput
from api.checkout.service import CheckoutService
from api.dependencies import CurrentMerchant, service
from api.errors import BODY_ERRORS, MERCHANT_ERRORS, responses
from api.payments.examples import CLIENT_SECRET_EXAMPLE
from gateway_core.domain.authentication import AUTHENTICATION_WINDOW_S, MAX_AUTHENTICATION_ATTEMPTS
from gateway_core.domain.errors import (
    bad_request,
    incorrect_code,
    no_code_expected,
    not_cancellable,
    not_found,
)

SECRET_HEADER = "x-client-secret"  # noqa: S105 -- its name
Checkout = Annotated[CheckoutService, service("checkout")]

router = APIRouter(prefix="/api/v1/checkout", tags=["Checkout"], route_class=StrictRoute)
public = APIRouter(prefix="/api/v1/payments", tags=["Checkout"], route_class=CrossOriginRoute)


async def own_payment_id(
    request: Request,
    payment_id: str,
    checkout: Checkout,
    _documented: Annotated[
        str | None,
        Header(
            alias="X-Client-Secret",
            description="The payment's `client_secret`; without it the response is 404.",
            examples=[CLIENT_SECRET_EXAMPLE],
        ),
    ] = None,
) -> str:
    """The id in the path, for whoever sends the payment's one client secret; else NOT_FOUND_ERROR."""
    sent = request.headers.getlist(SECRET_HEADER)
    checkout.check_secret(payment_id, sent[0] if len(sent) == 1 else None)
    return payment_id


OwnPaymentId = Annotated[str, Depends(own_payment_id)]


@public.get(
    "/{payment_id}/checkout",
    operation_id="getCheckoutPayment",
    summary="Read a payment with its client secret",
    response_model_exclude_unset=True,
    responses=responses(not_found("Payment")),
)
async def get(payment_id: OwnPaymentId, checkout: Checkout) -> CheckoutPayment:
    """A wrong secret gets the same response as an unknown payment."""
    return await checkout.get(payment_id)


@public.post(
    "/{payment_id}/authenticate",
    operation_id="authenticatePayment",
    summary="Enter the code that the card's bank asks for",
    description=(
        f"Within {AUTHENTICATION_WINDOW_S // 60} minutes of the payment. {MAX_AUTHENTICATION_ATTEMPTS} wrong codes "
        "fail it; `next_action` has the attempts left."
    ),
    response_model_exclude_unset=True,
    responses=responses(
        *BODY_ERRORS,
        incorrect_code(),
        no_code_expected(),
        bad_request("otp must be 6 digits", field="otp"),
        not_found("Payment"),
    ),
)
async def authenticate(payment_id: OwnPaymentId, body: CodeInput, checkout: Checkout) -> CheckoutPayment:
    return await checkout.authenticate(payment_id, body.otp)


@public.post(
    "/{payment_id}/cancel",
    operation_id="cancelPayment",
    summary="Cancel a payment before it is submitted to the bank",
    response_model_exclude_unset=True,
    responses=responses(not_cancellable(), not_found("Payment")),
)
async def cancel(payment_id: OwnPaymentId, checkout: Checkout) -> CheckoutPayment:
    return await checkout.cancel(payment_id)


@router.get(
    "/origins",
    operation_id="getAllowedOrigins",
    summary="Read which sites may frame an order's checkout",
    responses=responses(not_found("Order")),
)
async def origins(
    checkout: Checkout,
    order_id: Annotated[
        str, Query(description="The id of the order to pay.", examples=["order_5kP0aQx8ZrT2mN7vB4cY1d"])
    ] = "",
) -> AllowedOrigins:
    """For the checkout page's server, which puts them into `frame-ancestors`."""
    return await checkout.origins_of(order_id)


@router.get(
    "/settings",
    operation_id="getCheckoutSettings",
    summary="Read the checkout's settings",
    responses=responses(*MERCHANT_ERRORS),
)
async def get_settings(merchant: CurrentMerchant, checkout: Checkout) -> CheckoutSettings:
    return await checkout.get_settings(merchant)


@router.put(
    "/settings",
    operation_id="updateCheckoutSettings",
    summary="Change the checkout's settings",
    responses=responses(
        *MERCHANT_ERRORS,
        *BODY_ERRORS,
        bad_request(
            "allowed_origins must start with https:// (http:// only for localhost and 127.0.0.1)",
            field="allowed_origins",
        ),
    ),
)
async def set_settings(
    merchant: CurrentMerchant, body: CheckoutSettings, checkout: Checkout
) -> CheckoutSettings:
    """Replaces the list. With an empty list no site can frame the checkout (local evaluation: only this machine)."""
    return await checkout.set_settings(merchant, body)
