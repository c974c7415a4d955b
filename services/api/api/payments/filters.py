"""Which payments a list shows: the query's filters."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo

from api.paging import Position
from api.query_values import Moment, choices_of
from gateway_core.db.queries.payment_list import PaymentFilter
from gateway_core.domain.errors import bad_request
from gateway_core.domain.ids import ORDER_PREFIX, PAYMENT_PREFIX
from gateway_core.domain.money import MAX_AMOUNT_MINOR
from gateway_core.domain.payment import PaymentMethod, PaymentStatus

MAX_ORDER_ID_LENGTH: Final = 80
MAX_QUERY_LENGTH: Final = 80

_ID_TEXT = re.compile("[A-Za-z0-9]*")
_DIGITS = re.compile(f"[0-9]{{1,{len(str(MAX_AMOUNT_MINOR))}}}")


def _check_order_id(text: object) -> object:
    if not text:
        return None
    if (
        not isinstance(text, str)
        or len(text) > MAX_ORDER_ID_LENGTH
        or not (text.isascii() and text.isprintable())
    ):
        raise bad_request("order_id must be an order's id", field="order_id")
    return text


def _check_amount(text: object, info: ValidationInfo) -> object:
    if not text:
        return None
    if not isinstance(text, str) or not _DIGITS.fullmatch(text):
        raise bad_request(
            f"{info.field_name} must be an integer in the currency's minor unit", field=info.field_name
        )
    return min(int(text), MAX_AMOUNT_MINOR)


OrderIdFilter = Annotated[
    Annotated[str, Field(max_length=MAX_ORDER_ID_LENGTH)] | None,
    BeforeValidator(_check_order_id),
    Field(description="Only payments of this order."),
]
Amount = Annotated[Annotated[int, Field(ge=0, le=MAX_AMOUNT_MINOR)] | None, BeforeValidator(_check_amount)]


class PaymentFilters(BaseModel):
    """The filters of a list of payments. An empty value is no filter, as forms send it."""

    q: Annotated[
        str, Field(description="The beginning of a payment's or of its order's id.", examples=["pay_7Hs2"])
    ] = ""
    status: Annotated[
        list[PaymentStatus], choices_of(PaymentStatus), Field(description="Only in one of these statuses.")
    ] = []
    method: Annotated[
        list[PaymentMethod], choices_of(PaymentMethod), Field(description="Only of one of these methods.")
    ] = []
    order_id: OrderIdFilter = None
    created_from: Annotated[Moment, Field(description="Created at or after.")] = None
    created_to: Annotated[Moment, Field(description="Created before.")] = None
    amount_min: Annotated[Amount, Field(description="Of at least this amount.", examples=[100])] = None
    amount_max: Annotated[Amount, Field(description="Of at most this amount.", examples=[1000000])] = None

    def after(self, position: Position | None) -> PaymentFilter:
        """What the query means, for the rows after ``position``."""
        text = self.q.strip()
        return PaymentFilter(
            id_prefix=text if text.startswith(PAYMENT_PREFIX) and text != PAYMENT_PREFIX else None,
            order_id_prefix=text if text.startswith(ORDER_PREFIX) and text != ORDER_PREFIX else None,
            nothing=not _can_begin_an_id(text),
            statuses=self.status,
            methods=self.method,
            order_id=self.order_id,
            created_from=self.created_from,
            created_to=self.created_to,
            amount_min=self.amount_min,
            amount_max=self.amount_max,
            before=position,
        )


Filters = Annotated[PaymentFilters, Query()]


def _can_begin_an_id(text: str) -> bool:
    """Whether some id begins with ``text``. If none does, the search finds nothing; it is no error."""
    return any(
        prefix.startswith(text)
        or (
            text.startswith(prefix)
            and _ID_TEXT.fullmatch(text, len(prefix))
            and len(text) <= MAX_QUERY_LENGTH
        )
        for prefix in (PAYMENT_PREFIX, ORDER_PREFIX)
    )
