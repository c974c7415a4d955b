"""Which orders a list shows: the query's filters."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, Field

from api.orders.schemas import MAX_RECEIPT_LENGTH, Receipt
from api.paging import Position
from api.query_values import NO_CHARACTER, Moment, choices_of
from gateway_core.db.queries.order_list import OrderFilter
from gateway_core.domain.errors import bad_request
from gateway_core.domain.order import OrderStatus


def _check_receipt(text: object) -> object:
    if not text:
        return None
    if not isinstance(text, str) or len(text) > MAX_RECEIPT_LENGTH:
        raise bad_request(f"receipt must be at most {MAX_RECEIPT_LENGTH} characters", field="receipt")
    return text.replace("\x00", NO_CHARACTER)


class OrderFilters(BaseModel):
    """The filters of a list of orders. An empty value is no filter, as forms send it."""

    status: Annotated[
        list[OrderStatus], choices_of(OrderStatus), Field(description="Only in one of these statuses.")
    ] = []
    receipt: Annotated[
        Receipt | None, BeforeValidator(_check_receipt), Field(description="Only with exactly this receipt.")
    ] = None
    created_from: Annotated[Moment, Field(description="Created at or after.")] = None
    created_to: Annotated[Moment, Field(description="Created before.")] = None

    def after(self, position: Position | None) -> OrderFilter:
        """What the query means, for the rows after ``position``."""
        return OrderFilter(
            statuses=self.status,
            receipt=self.receipt,
            created_from=self.created_from,
            created_to=self.created_to,
            before=position,
        )


Filters = Annotated[OrderFilters, Query()]
