"""Orders in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.describe import Operation, Shape
from api.orders.schemas import Order, OrderInput, PublicOrder
from gateway_core.domain.errors import bad_request, not_found

TAG: Final = "Orders"
ORDER_EXAMPLE: Final = {
    "id": "order_5kP0aQx8ZrT2mN7vB4cY1d",
    "entity": "order",
    "merchant_id": "550e8400-e29b-41d4-a716-446655440000",
    "amount": 50000,
    "currency": "INR",
    "receipt": "receipt_123",
    "notes": {"cart": "c-42"},
    "status": "created",
    "created_at": "2024-01-15T10:30:00.123Z",
    "updated_at": "2024-01-15T10:30:00.123Z",
}
_ORDER: Final = Shape(name="Order", type=Order, examples={"created": ORDER_EXAMPLE})

CREATE: Final = Operation(
    id="createOrder",
    tag=TAG,
    summary="Create an order",
    body=Shape(
        name="OrderInput",
        type=OrderInput,
        examples={"order": {"amount": 50000, "currency": "INR", "receipt": "receipt_123"}},
    ),
    status=201,
    answer=_ORDER,
    refusals=(bad_request("amount must be at least 100", field="amount"),),
    keyed=True,
)
LIST: Final = Operation(
    id="listOrders",
    tag=TAG,
    summary="List orders",
    description='Newest first. Follow `Link: <…>; rel="next"`, which is stable while orders are added.',
    parameters=("Limit", "Offset", "Cursor"),
    answer=Shape(name="OrderList", type=list[Order], examples={"orders": [ORDER_EXAMPLE]}),
    answer_headers=("Link", "X-Total-Count"),
    refusals=(bad_request("limit must be an integer between 1 and 100", field="limit"),),
)
GET: Final = Operation(
    id="getOrder",
    tag=TAG,
    summary="Read an order",
    parameters=("OrderIdInPath",),
    answer=_ORDER,
    refusals=(not_found("Order"),),
)
GET_PUBLIC: Final = Operation(
    id="getPublicOrder",
    tag=TAG,
    summary="Read an order as its payer",
    description="For the checkout page: whoever knows the id may see this much.",
    parameters=("OrderIdInPath",),
    answer=Shape(
        name="PublicOrder",
        type=PublicOrder,
        examples={
            "order": {
                **{key: ORDER_EXAMPLE[key] for key in ("id", "amount", "currency", "status")},
                "merchant_name": "Test Merchant",
                "payment_id": None,
            }
        },
    ),
    refusals=(not_found("Order"),),
    signed=False,
)
