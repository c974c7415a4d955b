"""Pieces that the wire shapes of several nouns share.

Shapes are typed dictionaries: mypy checks what the services build against them, and the OpenAPI document is
generated from them. Nothing is validated against them at run time; `domain.validation` does that.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from gateway_core.domain.money import DEFAULT_CURRENCY, MAX_AMOUNT_MINOR, MIN_AMOUNT_MINOR

Timestamp = Annotated[
    str,
    Field(
        description="RFC 3339, UTC, in milliseconds.",
        examples=["2024-01-15T10:30:00.123Z"],
        json_schema_extra={"format": "date-time"},
    ),
]
OrderAmount = Annotated[
    int,
    Field(
        ge=MIN_AMOUNT_MINOR,
        le=MAX_AMOUNT_MINOR,
        description="In the currency's minor unit (paise).",
        examples=[50000],
    ),
]
PartAmount = Annotated[
    int,
    Field(ge=1, le=MAX_AMOUNT_MINOR, description="In the currency's minor unit (paise).", examples=[25000]),
]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.", examples=[DEFAULT_CURRENCY])]
OrderId = Annotated[
    str, Field(pattern="^order_[A-Za-z0-9]{16,64}$", examples=["order_5kP0aQx8ZrT2mN7vB4cY1d"])
]
PaymentId = Annotated[str, Field(pattern="^pay_[A-Za-z0-9]{16,64}$", examples=["pay_7Hs2Lw9QeR4tY6uI8oP0aS"])]
RefundId = Annotated[
    str, Field(pattern="^rfnd_[A-Za-z0-9]{16,64}$", examples=["rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6"])
]


class ErrorDetail(TypedDict, total=False):
    code: str
    description: Annotated[str, Field(description="For people. Never repeats any input.")]
    field: Annotated[str, Field(description="The request field or header that was refused.")]
    request_id: Annotated[str, Field(description="On INTERNAL_ERROR only: what to quote to support.")]


class Error(TypedDict):
    """Every refusal and every failure has this shape."""

    error: ErrorDetail
