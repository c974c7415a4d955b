"""Which payments a list shows: the query's filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypedDict

from api.paging import Position
from api.query_values import choices, moment_of
from gateway_core.db.queries.payment_list import PaymentFilter
from gateway_core.domain.errors import bad_request
from gateway_core.domain.ids import ORDER_PREFIX, PAYMENT_PREFIX
from gateway_core.domain.money import MAX_AMOUNT_MINOR
from gateway_core.domain.payment import PaymentMethod, PaymentStatus

MAX_ORDER_ID_LENGTH: Final = 80
MAX_QUERY_LENGTH: Final = 80

_ID_TEXT = re.compile("[A-Za-z0-9]*")


def parse_filter(query: Mapping[str, str], after: Position | None) -> PaymentFilter:
    """The filter that the query describes; BAD_REQUEST_ERROR for a value that is none. Other names are ignored.

    An empty value is no filter, as forms send it.
    """
    return PaymentFilter(
        **_search(query),
        statuses=choices(query, "status", PaymentStatus),
        methods=choices(query, "method", PaymentMethod),
        order_id=_order_id(query),
        created_from=moment_of(query, "created_from"),
        created_to=moment_of(query, "created_to"),
        amount_min=_amount(query, "amount_min"),
        amount_max=_amount(query, "amount_max"),
        before=after,
    )


class _Search(TypedDict, total=False):
    id_prefix: str
    order_id_prefix: str
    nothing: bool


def _search(query: Mapping[str, str]) -> _Search:
    """What ``q``, the beginning of an id, asks for. Text that no id begins with finds nothing; it is no error."""
    text = query.get("q", "").strip()
    if PAYMENT_PREFIX.startswith(text) or ORDER_PREFIX.startswith(text):
        return {}  # all of them begin so, and the empty text too
    for name, prefix in (("id_prefix", PAYMENT_PREFIX), ("order_id_prefix", ORDER_PREFIX)):
        if (
            text.startswith(prefix)
            and _ID_TEXT.fullmatch(text, len(prefix))
            and len(text) <= MAX_QUERY_LENGTH
        ):
            return {name: text}  # type: ignore[misc]  # one of two names
    return {"nothing": True}


def _order_id(query: Mapping[str, str]) -> str | None:
    text = query.get("order_id")
    if not text:
        return None
    if len(text) > MAX_ORDER_ID_LENGTH or not text.isascii() or not text.isprintable():
        raise bad_request("order_id must be an order's id", field="order_id")
    return text


def _amount(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    if len(text) > len(str(MAX_AMOUNT_MINOR)) or not (text.isascii() and text.isdigit()):
        raise bad_request(f"{name} must be an integer in the currency's minor unit", field=name)
    return min(int(text), MAX_AMOUNT_MINOR)
