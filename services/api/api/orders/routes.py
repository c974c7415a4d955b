"""Orders over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.body import CrossOriginRoute, StrictRoute
from api.dependencies import CurrentMerchant, RequestKey, reply, service
from api.errors import BODY_ERRORS, KEY_ERRORS, MERCHANT_ERRORS, responses
from api.orders.filters import Filters
from api.orders.schemas import Order, OrderInput, PublicOrder, order
from api.orders.service import OrderService
from api.paging import PAGE_RESPONSE, Paging, show_page
from gateway_core.domain.errors import bad_request, not_found

Orders = Annotated[OrderService, service("orders")]

router = APIRouter(prefix="/api/v1/orders", tags=["Orders"], route_class=StrictRoute)
public = APIRouter(prefix="/api/v1/orders", tags=["Orders"], route_class=CrossOriginRoute)


@router.post(
    "",
    operation_id="createOrder",
    summary="Create an order",
    status_code=201,
    response_model=Order,
    responses=responses(
        *MERCHANT_ERRORS,
        *BODY_ERRORS,
        *KEY_ERRORS,
        bad_request("amount must be at least 100", field="amount"),
    ),
)
async def create(merchant: CurrentMerchant, key: RequestKey, body: OrderInput, orders: Orders) -> Any:
    return reply(await orders.create(merchant, body, key))


@router.get(
    "",
    operation_id="listOrders",
    summary="List orders",
    responses=PAGE_RESPONSE
    | responses(
        *MERCHANT_ERRORS, bad_request("status must be one of created, attempted, paid", field="status")
    ),
)
async def list_page(
    request: Request,
    response: Response,
    merchant: CurrentMerchant,
    filters: Filters,
    page: Paging,
    orders: Orders,
) -> list[Order]:
    """Newest first. Follow `Link: <…>; rel="next"`, which is stable while orders are added."""
    found = await orders.list_page(merchant, filters, page)
    return [order(record) for record in show_page(request, response, found)]


@router.get(
    "/{order_id}",
    operation_id="getOrder",
    summary="Read an order",
    responses=responses(*MERCHANT_ERRORS, not_found("Order")),
)
async def get(merchant: CurrentMerchant, order_id: str, orders: Orders) -> Order:
    return await orders.get(merchant, order_id)


@public.get(
    "/{order_id}/public",
    operation_id="getPublicOrder",
    summary="Read an order as its payer",
    responses=responses(not_found("Order")),
)
async def get_public(
    order_id: str,
    orders: Orders,
    key: Annotated[
        str | None,
        Query(description="An API key that must be the order's merchant's.", examples=["key_test_abc123"]),
    ] = None,
) -> PublicOrder:
    """For the checkout page: anyone with the order's id can read this. With a `key` that is invalid or belongs to
    another merchant, the order is not found.
    """
    return await orders.get_public(order_id, key)
