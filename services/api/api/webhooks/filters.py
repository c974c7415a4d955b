"""Which deliveries a list shows: the query's filters."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.query_values import Moment, choices_of, prefix
from gateway_core.db.queries.delivery_list import DeliveryFilter
from gateway_core.domain.delivery import DeliveryStatus
from gateway_core.domain.events import EventType


class DeliveryFilters(BaseModel):
    """The filters of the delivery log. An empty value is no filter, as forms send it."""

    status: Annotated[
        list[DeliveryStatus], choices_of(DeliveryStatus), Field(description="Only in one of these statuses.")
    ] = []
    event: Annotated[
        list[EventType], choices_of(EventType), Field(description="Only of one of these events.")
    ] = []
    q: Annotated[
        str,
        Field(description="The beginning of the id of a payment, refund or test.", examples=["pay_7Hs2"]),
    ] = ""
    created_from: Annotated[Moment, Field(description="Created at or after.")] = None
    created_to: Annotated[Moment, Field(description="Created before.")] = None

    def wanted(self) -> DeliveryFilter:
        """What the query means."""
        return DeliveryFilter(
            statuses=self.status,
            events=self.event,
            subject_prefix=prefix(self.q),
            created_from=self.created_from,
            created_to=self.created_to,
        )


Filters = Annotated[DeliveryFilters, Query()]
