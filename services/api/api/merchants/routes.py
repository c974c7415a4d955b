"""The seeded merchant over HTTP; only outside production."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from api.body import StrictRoute
from api.dependencies import service
from api.errors import responses
from api.merchants.schemas import SeededMerchant
from api.merchants.service import MerchantService
from gateway_core.domain.errors import not_found

Merchants = Annotated[MerchantService, service("merchants")]

router = APIRouter(prefix="/api/v1/test", tags=["Local evaluation"], route_class=StrictRoute)


@router.get(
    "/merchant",
    operation_id="getSeededMerchant",
    summary="Read the test merchant",
    responses=responses(not_found("Merchant")),
)
async def seeded(merchants: Merchants) -> SeededMerchant:
    """Not in production."""
    return await merchants.seeded()
