"""Which streams an event goes to; no servers."""

from __future__ import annotations

import pytest

from gateway_core.db.queries.events import PublishedEvent
from gateway_core.domain.events import EventType
from gateway_core.relay import messages_of
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream

ALSO = {EventType.PAYMENT_CREATED: Stream.PAYMENTS, EventType.REFUND_CREATED: Stream.REFUNDS}


@pytest.mark.parametrize("event", EventType)
def test_an_event_wakes_its_processor_and_always_the_dispatcher(event: EventType) -> None:
    message = WakeUp(events=[EventRef(type=event, subject_id="pay_1", traceparent="00-a-b-01")])
    streams = {Stream.WEBHOOKS, ALSO.get(event, Stream.WEBHOOKS)}
    assert messages_of([PublishedEvent(7, event.value, "pay_1", "00-a-b-01")]) == dict.fromkeys(
        streams, message
    )


def test_events_of_a_round_share_a_message_on_each_stream() -> None:
    """A type that this version does not know, while versions are mixed, goes to the dispatcher."""
    batch = [
        PublishedEvent(1, "payment.created", "pay_1", None),
        PublishedEvent(2, "dispute.opened", "dis_1", None),
    ]
    sent = messages_of(batch)
    assert {stream: [event.subject_id for event in sent[stream].events] for stream in sent} == {
        Stream.PAYMENTS: ["pay_1"],
        Stream.WEBHOOKS: ["pay_1", "dis_1"],
    }
    assert sent[Stream.PAYMENTS].events[0].traceparent == ""
