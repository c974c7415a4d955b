"""Which payments a list shows: the query's filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo

from api.paging import Position
from api.query_values import NO_CHARACTER, Moment, choices_of
from gateway_core.db.queries.payment_list import PaymentFilter, SearchedAmount
from gateway_core.domain.currencies import MINOR_UNIT_DIGITS
from gateway_core.domain.errors import bad_request
from gateway_core.domain.ids import ORDER_PREFIX, PAYMENT_PREFIX, REFUND_PREFIX
from gateway_core.domain.money import MAX_AMOUNT_MINOR
from gateway_core.domain.payment import PaymentMethod, PaymentStatus

MAX_ORDER_ID_LENGTH: Final = 80
MAX_QUERY_LENGTH: Final = 255
"""A receipt's."""

_ID_TEXT = re.compile("[A-Za-z0-9]*")
_PREFIXES = (PAYMENT_PREFIX, ORDER_PREFIX, REFUND_PREFIX)
_TYPED_AMOUNT = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,4}))?")
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


def _check_flag(text: object, info: ValidationInfo) -> object:
    if text not in ("", "true", "false", None):
        raise bad_request(f"{info.field_name} must be true or false", field=info.field_name)
    return text == "true" if text else None


Flag = Annotated[bool | None, BeforeValidator(_check_flag)]
Amount = Annotated[Annotated[int, Field(ge=0, le=MAX_AMOUNT_MINOR)] | None, BeforeValidator(_check_amount)]


class PaymentFilters(BaseModel):
    """The filters of a list of payments. An empty value is no filter, as forms send it."""

    q: Annotated[
        str,
        Field(
            description=(
                "Finds payments by the beginning of their id, their order's or a refund's id; by the whole of their "
                "VPA, their card's last four digits or their order's receipt; or by their amount in the major unit, as "
                "`499` or `499.00`."
            ),
            examples=["pay_7Hs2"],
        ),
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
    requires_review: Annotated[
        Flag, Field(description="Only those that require review, or whose refunds do; `false`: only others.")
    ] = None

    def after(self, position: Position | None) -> PaymentFilter:
        """What the query means, for the rows after ``position``."""
        text = _searched_text(self.q)
        return PaymentFilter(
            search=text,
            amounts=_amounts(text),
            id_prefix=_id_prefix(text, PAYMENT_PREFIX),
            order_id_prefix=_id_prefix(text, ORDER_PREFIX),
            refund_id_prefix=_id_prefix(text, REFUND_PREFIX),
            requires_review=self.requires_review,
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


def _searched_text(q: str) -> str | None:
    """What to look for; None where every id begins with it."""
    text = q.strip().replace("\x00", NO_CHARACTER)[: MAX_QUERY_LENGTH + 1]
    return None if any(prefix.startswith(text) for prefix in _PREFIXES) else text


def _id_prefix(text: str | None, prefix: str) -> str | None:
    """``text`` if ids with this prefix can begin with it."""
    if text is None or not text.startswith(prefix) or not _ID_TEXT.fullmatch(text, len(prefix)):
        return None
    return text


def _amounts(text: str | None) -> Sequence[SearchedAmount]:
    """What ``text`` is as an amount in currencies of each number of decimals."""
    match = _TYPED_AMOUNT.fullmatch((text or "").replace(",", ""))
    if match is None:
        return []
    whole, fraction = match[1], match[2] or ""
    found = [
        SearchedAmount(int(whole + fraction[:decimals].ljust(decimals, "0")), decimals)
        for decimals in sorted(set(MINOR_UNIT_DIGITS.values()))
        if len(fraction.rstrip("0")) <= decimals
    ]
    return [amount for amount in found if 0 < amount.minor <= MAX_AMOUNT_MINOR]
