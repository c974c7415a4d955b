"""Fields that the models of several resources share: each with its check, its documentation and its type."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo

from gateway_core.domain.money import (
    DEFAULT_CURRENCY,
    MAX_AMOUNT_MINOR,
    check_amount_for,
    check_currency,
    check_positive_amount,
)


def examples(*values: Any) -> ConfigDict:
    """The ``model_config`` of a model with examples of it, for the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [*values]})


Timestamp = Annotated[
    str,
    Field(
        description="RFC 3339, UTC, in milliseconds.",
        examples=["2024-01-15T10:30:00.123Z"],
        json_schema_extra={"format": "date-time"},
    ),
]


def _check_order_amount(value: object, info: ValidationInfo) -> int:
    return check_amount_for(info.data["currency"], value)


def _check_part_amount(value: object) -> int | None:
    return None if value is None else check_positive_amount(value)


_MINOR_UNIT = "In the currency's minor unit (paise)"
OrderAmount = Annotated[
    int, Field(ge=1, le=MAX_AMOUNT_MINOR, description=f"{_MINOR_UNIT}.", examples=[50000])
]
PartAmount = Annotated[int, Field(ge=1, le=MAX_AMOUNT_MINOR, description=f"{_MINOR_UNIT}.", examples=[25000])]
OrderAmountInput = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_AMOUNT_MINOR,
        description=f"{_MINOR_UNIT}; at least one major unit or 100 minor units, whichever is less: 100 paise, 1 yen.",
        examples=[50000],
    ),
    BeforeValidator(_check_order_amount),
]
"""In a model that has its ``currency`` before it."""
PartAmountInput = Annotated[
    Annotated[int, Field(ge=1, le=MAX_AMOUNT_MINOR)] | None,
    BeforeValidator(_check_part_amount),
    Field(description=f"{_MINOR_UNIT}; left out or null: all that is left.", examples=[25000]),
]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.", examples=[DEFAULT_CURRENCY])]
CurrencyInput = Annotated[
    str,
    PlainValidator(
        check_currency,
        json_schema_input_type=Annotated[str, Field(pattern="^[A-Za-z]{3}$", examples=[DEFAULT_CURRENCY])]
        | None,
    ),
    Field(description="ISO 4217, in any case."),
]
OrderId = Annotated[
    str, Field(pattern="^order_[A-Za-z0-9]{16,64}$", examples=["order_5kP0aQx8ZrT2mN7vB4cY1d"])
]
PaymentId = Annotated[str, Field(pattern="^pay_[A-Za-z0-9]{16,64}$", examples=["pay_7Hs2Lw9QeR4tY6uI8oP0aS"])]
RefundId = Annotated[
    str, Field(pattern="^rfnd_[A-Za-z0-9]{16,64}$", examples=["rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6"])
]
MerchantId = Annotated[
    str, Field(json_schema_extra={"format": "uuid"}, examples=["550e8400-e29b-41d4-a716-446655440000"])
]
TimeZone = Annotated[
    str,
    Field(description="Name of the IANA database; days begin at its midnights.", examples=["Asia/Kolkata"]),
]
Count = Annotated[int, Field(ge=0)]
