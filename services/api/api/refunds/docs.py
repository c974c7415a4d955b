"""Refunds in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.describe import Operation, Shape
from api.refunds.schemas import NewRefund, Refund, RefundInput
from gateway_core.domain.errors import bad_request, not_found, not_refundable, refund_exceeds_available

TAG: Final = "Refunds"
NEW_EXAMPLE: Final = {
    "id": "rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6",
    "entity": "refund",
    "payment_id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
    "amount": 25000,
    "currency": "INR",
    "reason": "Customer requested refund",
    "status": "pending",
    "created_at": "2024-01-15T10:33:00.123Z",
}
PROCESSED_EXAMPLE: Final = {
    **NEW_EXAMPLE,
    "status": "processed",
    "processed_at": "2024-01-15T10:33:04.567Z",
    "requires_review": False,
    "error_code": None,
    "error_description": None,
}

CREATE: Final = Operation(
    id="createRefund",
    tag=TAG,
    summary="Refund a payment",
    description="All or a part of a successful payment; pending and processed refunds together never exceed it.",
    parameters=("PaymentIdInPath",),
    body=Shape(
        name="RefundInput",
        type=RefundInput,
        examples={"part": {"amount": 25000, "reason": "Customer requested refund"}},
    ),
    status=201,
    answer=Shape(name="NewRefund", type=NewRefund, examples={"pending": NEW_EXAMPLE}),
    refusals=(not_refundable(), refund_exceeds_available(), not_found("Payment")),
    keyed=True,
)
LIST: Final = Operation(
    id="listRefundsOfPayment",
    tag=TAG,
    summary="List the refunds of a payment",
    parameters=("PaymentIdInPath", "Limit", "Offset", "Cursor"),
    answer=Shape(name="RefundList", type=list[Refund], examples={"refunds": [PROCESSED_EXAMPLE]}),
    answer_headers=("Link", "X-Total-Count"),
    refusals=(bad_request("limit must be an integer between 1 and 100", field="limit"), not_found("Payment")),
)
GET: Final = Operation(
    id="getRefund",
    tag=TAG,
    summary="Read a refund",
    parameters=("RefundIdInPath",),
    answer=Shape(name="Refund", type=Refund, examples={"processed": PROCESSED_EXAMPLE}),
    refusals=(not_found("Refund"),),
)
