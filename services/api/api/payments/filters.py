"""Which payments a list shows: the query's filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from api.paging import Position
from gateway_core.db.queries.payments import PaymentFilter
from gateway_core.domain.errors import GatewayError, bad_request
from gateway_core.domain.money import MAX_AMOUNT_MINOR
from gateway_core.domain.payment import PaymentMethod, PaymentStatus

MAX_ORDER_ID_LENGTH: Final = 80
MIN_YEAR: Final = 1970
MAX_YEAR: Final = 9998  # a year to spare, so that no offset leads beyond the calendar

Choice = TypeVar("Choice", bound=StrEnum)


def parse_filter(query: Mapping[str, str], after: Position | None) -> PaymentFilter:
    """The filter that the query describes; BAD_REQUEST_ERROR for a value that is none. Other names are ignored."""
    return PaymentFilter(
        status=_choice(query, "status", PaymentStatus),
        method=_choice(query, "method", PaymentMethod),
        order_id=_order_id(query),
        created_from=_moment(query, "created_from"),
        created_to=_moment(query, "created_to"),
        amount_min=_amount(query, "amount_min"),
        amount_max=_amount(query, "amount_max"),
        before=after,
    )


def _choice(query: Mapping[str, str], name: str, choices: type[Choice]) -> Choice | None:
    text = query.get(name)
    if not text:
        return None
    try:
        return choices(text)
    except ValueError:
        raise bad_request(f"{name} must be one of {', '.join(choices)}", field=name) from None


def _order_id(query: Mapping[str, str]) -> str | None:
    text = query.get("order_id")
    if not text:
        return None
    if len(text) > MAX_ORDER_ID_LENGTH or not text.isascii() or not text.isprintable():
        raise bad_request("order_id must be an order's id", field="order_id")
    return text


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if not text:
        return None
    try:
        # A plus sign that was not percent-encoded arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise _no_moment(name) from None
    if moment.tzinfo is None or not MIN_YEAR <= moment.year <= MAX_YEAR:
        raise _no_moment(name)
    return moment


def _no_moment(name: str) -> GatewayError:
    return bad_request(f"{name} must be an RFC 3339 time with a zone", field=name)


def _amount(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    if len(text) > len(str(MAX_AMOUNT_MINOR)) or not (text.isascii() and text.isdigit()):
        raise bad_request(f"{name} must be an integer in the currency's minor unit", field=name)
    return min(int(text), MAX_AMOUNT_MINOR)
