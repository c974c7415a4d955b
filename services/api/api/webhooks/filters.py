"""Which deliveries a list shows, and which ones a retry of many takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.query_values import choices, moment, moment_of, prefix_of
from gateway_core.db.queries.delivery_list import DeliveryFilter
from gateway_core.domain.delivery import DeliveryStatus
from gateway_core.domain.errors import bad_request
from gateway_core.domain.events import EventType


def parse_filter(query: Mapping[str, str]) -> DeliveryFilter:
    """The filter that the query describes; BAD_REQUEST_ERROR for a value that is none. Other names are ignored."""
    return DeliveryFilter(
        statuses=choices(query, "status", DeliveryStatus),
        events=choices(query, "event", EventType),
        subject_prefix=prefix_of(query, "q"),
        created_from=moment_of(query, "created_from"),
        created_to=moment_of(query, "created_to"),
    )


@dataclass(frozen=True, slots=True)
class FailedSince:
    """Failed deliveries created at or after ``created_from``, of one event or of any (None)."""

    created_from: datetime
    event: EventType | None


def parse_failed_since(body: Mapping[str, object]) -> FailedSince:
    """What a retry of many asks for; BAD_REQUEST_ERROR."""
    since, event = body.get("since"), body.get("event")
    if not isinstance(since, str):
        raise bad_request("since must be an RFC 3339 time with a zone", field="since")
    return FailedSince(moment(since, "since"), None if event is None else _event(event))


def _event(name: object) -> EventType:
    found = next((event for event in EventType if event == name), None)
    if found is None:
        raise bad_request(f"event must be one of {', '.join(EventType)}", field="event")
    return found
