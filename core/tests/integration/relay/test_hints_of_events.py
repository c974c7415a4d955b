"""Which streams an event goes to; no servers."""

from __future__ import annotations

import pytest

from gateway_core.db.queries.events import PublishedEvent
from gateway_core.domain.events import EventType
from gateway_core.relay import BATCH, entries_of
from gateway_core.streams.broker import MAX_PUBLISH_ENTRIES
from gateway_core.streams.messages import Hint
from gateway_core.streams.names import Stream

STREAMS_OF = {
    EventType.PAYMENT_CREATED: [Stream.PAYMENTS, Stream.WEBHOOKS],
    EventType.PAYMENT_PENDING: [Stream.WEBHOOKS],
    EventType.PAYMENT_SUCCESS: [Stream.WEBHOOKS],
    EventType.PAYMENT_FAILED: [Stream.WEBHOOKS],
    EventType.REFUND_CREATED: [Stream.REFUNDS, Stream.WEBHOOKS],
    EventType.REFUND_PROCESSED: [Stream.WEBHOOKS],
    EventType.REFUND_FAILED: [Stream.WEBHOOKS],
    EventType.WEBHOOK_TEST: [Stream.WEBHOOKS],
}


@pytest.mark.parametrize("event", EventType)
def test_an_event_wakes_its_processor_and_always_the_dispatcher(event: EventType) -> None:
    entries = entries_of(PublishedEvent(7, event.value, "pay_1", "00-a-b-01"))
    assert entries == [(stream, Hint(event, "pay_1", "00-a-b-01")) for stream in STREAMS_OF[event]]


def test_an_event_without_a_trace_has_an_empty_one() -> None:
    ((_, hint),) = entries_of(PublishedEvent(7, "payment.failed", "pay_1", None))
    assert hint.trace == ""


def test_a_type_that_this_version_does_not_know_goes_to_the_dispatcher() -> None:
    """While versions are mixed, an old relay meets the events of a new service."""
    entries = entries_of(PublishedEvent(7, "dispute.opened", "dis_1", None))
    assert entries == [(Stream.WEBHOOKS, Hint("dispute.opened", "dis_1"))]


@pytest.mark.parametrize(
    "event",
    [
        PublishedEvent(7, "Payment Created", "pay_1", None),
        PublishedEvent(7, "payment.created", "pay_" + "x" * 100, None),
        PublishedEvent(7, "payment.created", "pay_1", "x" * 1000),
    ],
)
def test_an_event_that_makes_no_hint_is_left_to_the_due_loops(event: PublishedEvent) -> None:
    assert entries_of(event) == []


def test_a_full_batch_fits_into_one_publication() -> None:
    event = PublishedEvent(7, EventType.PAYMENT_CREATED, "pay_1", None)
    assert BATCH * len(entries_of(event)) <= MAX_PUBLISH_ENTRIES
