"""A merchant's settings over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from api.body import StrictRoute
from api.dependencies import CurrentMerchant, service
from api.errors import BODY_ERRORS, MERCHANT_ERRORS, responses
from api.merchants.schemas import MerchantSettings, MerchantSettingsInput
from api.merchants.service import MerchantService
from gateway_core.domain.errors import bad_request

Merchants = Annotated[MerchantService, service("merchants")]

router = APIRouter(prefix="/api/v1/merchant", tags=["Merchant"], route_class=StrictRoute)


@router.get(
    "/settings",
    operation_id="getMerchantSettings",
    summary="Read the merchant's settings",
    responses=responses(*MERCHANT_ERRORS),
)
async def get(merchant: CurrentMerchant, merchants: Merchants) -> MerchantSettings:
    return await merchants.get_settings(merchant)


@router.put(
    "/settings",
    operation_id="updateMerchantSettings",
    summary="Change the merchant's settings",
    responses=responses(
        *MERCHANT_ERRORS,
        *BODY_ERRORS,
        bad_request("time_zone must be a name of the IANA database, such as Asia/Kolkata", field="time_zone"),
    ),
)
async def change(
    merchant: CurrentMerchant, body: MerchantSettingsInput, merchants: Merchants
) -> MerchantSettings:
    """Members that the body leaves out stay as they are."""
    return await merchants.change_settings(merchant, body)
