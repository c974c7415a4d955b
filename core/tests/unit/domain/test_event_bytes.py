"""Event bodies: the contract's fields, and exactly the bytes V8 would write."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain import v8_json
from gateway_core.domain.events import (
    SEQUENCE,
    EventType,
    event_bodies,
    event_body,
    payment_data,
    refund_data,
    rfc3339,
)
from gateway_core.domain.payment import PaymentMethod, PaymentStatus, PaymentView
from gateway_core.domain.refund import RefundStatus, RefundView

UNFIT = "no exact JSON form|JavaScript number|lone surrogate|keys must be strings"
MOMENT = datetime(2024, 1, 15, 10, 51, 10, 123_999, tzinfo=UTC)
CREATED_AT = datetime(2024, 1, 15, 10, 31, 0, 123_987, tzinfo=UTC)
PAYMENT = PaymentView(
    id="pay_abc123xyz",
    order_id="order_123",
    amount_minor=50000,
    currency="INR",
    method=PaymentMethod.UPI,
    vpa="user@paytm",
    status=PaymentStatus.SUCCESS,
    captured=False,
    receipt="₹ 1/2",
    notes={"b": 1, "2": "two", "1": {"9": 0, "x": None}},
    created_at=CREATED_AT,
)
REFUND = RefundView(
    id="rfnd_xyz123abc",
    payment_id="pay_abc123xyz",
    amount_minor=25000,
    currency="INR",
    reason='said "no"',
    status=RefundStatus.PENDING,
    created_at=CREATED_AT,
)


def test_the_contracts_events() -> None:
    assert set(EventType) == {
        *("payment.created", "payment.pending", "payment.success", "payment.failed"),
        *("refund.created", "refund.processed", "refund.failed", "webhook.test"),
    }


def test_a_upi_payments_body_byte_for_byte() -> None:
    body = event_body(EventType.PAYMENT_SUCCESS, MOMENT, payment_data(PAYMENT))
    assert body.decode() == (
        '{"event":"payment.success","timestamp":1705315870,"timestamp_ms":1705315870123,"data":{"payment":{"id":"pay_abc123xyz",'
        '"entity":"payment","order_id":"order_123","amount":50000,"currency":"INR","method":"upi",'
        '"vpa":"user@paytm","status":"success","captured":false,"error_code":null,"error_description":null,'
        '"receipt":"₹ 1/2","notes":{"1":{"9":0,"x":null},"2":"two","b":1},'
        '"created_at":"2024-01-15T10:31:00.123Z"},"sequence":3}}'
    )


@pytest.mark.parametrize("data", [{}, {"test": {"id": "test_1"}}, {"1": 0, "b": 1}])
def test_times_and_sequence_fit_into_any_body(data: dict[str, object]) -> None:
    for moment in (MOMENT, datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)):
        body = json.loads(event_body(EventType.PAYMENT_PENDING, moment, data))
        assert body["data"] == data | {"sequence": 2}
        assert (body["timestamp"], body["timestamp_ms"] // 1000) == (int(moment.timestamp() // 1),) * 2
        assert body["timestamp_ms"] % 1000 == moment.microsecond // 1000


def test_several_events_at_once_have_the_bytes_of_each_alone() -> None:
    events = [EventType.PAYMENT_CREATED, EventType.PAYMENT_PENDING]
    bodies = event_bodies(events, MOMENT, payment_data(PAYMENT))
    assert bodies == [event_body(event, MOMENT, payment_data(PAYMENT)) for event in events]


@pytest.mark.parametrize(
    "way",
    [
        ["payment.created", "payment.pending", "payment.success"],
        ["payment.created", "payment.pending", "payment.failed"],
        ["refund.created", "refund.processed"],
        ["refund.created", "refund.failed"],
        ["webhook.test"],
    ],
)
def test_the_sequence_has_no_gap(way: list[str]) -> None:
    assert [SEQUENCE[EventType(event)] for event in way] == list(range(1, len(way) + 1))


def test_a_card_payment_shows_network_and_last_four_and_no_vpa() -> None:
    card = dataclasses.replace(
        PAYMENT,
        method=PaymentMethod.CARD,
        vpa=None,
        card_network="visa",
        card_last4="1111",
        status=PaymentStatus.FAILED,
        error_code="PAYMENT_FAILED",
        error_description="Declined",
    )
    shown = payment_data(card)["payment"]
    assert isinstance(shown, dict)
    assert "vpa" not in shown
    assert (shown["card_network"], shown["card_last4"]) == ("visa", "1111")
    assert (shown["error_code"], shown["error_description"]) == ("PAYMENT_FAILED", "Declined")


def test_a_refunds_body_byte_for_byte() -> None:
    pending = event_body(EventType.REFUND_CREATED, MOMENT, refund_data(REFUND))
    assert pending.decode() == (
        '{"event":"refund.created","timestamp":1705315870,"timestamp_ms":1705315870123,"data":{"refund":{"id":"rfnd_xyz123abc","entity":"refund",'
        '"payment_id":"pay_abc123xyz","amount":25000,"currency":"INR","reason":"said \\"no\\"","status":"pending",'
        '"created_at":"2024-01-15T10:31:00.123Z","processed_at":null},"sequence":1}}'
    )
    processed = dataclasses.replace(REFUND, processed_at=CREATED_AT + timedelta(seconds=4))
    assert b'"processed_at":"2024-01-15T10:31:04.123Z"' in event_body(
        EventType.REFUND_PROCESSED, MOMENT, refund_data(processed)
    )


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 1, 15, 10, 31, tzinfo=UTC), "2024-01-15T10:31:00.000Z"),
        (
            datetime(2024, 1, 1, 1, 0, 0, 999_999, timezone(timedelta(hours=5, minutes=30))),
            "2023-12-31T19:30:00.999Z",
        ),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
    ],
)
def test_times_are_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert rfc3339(moment) == text


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        rfc3339(datetime(2024, 1, 1))  # noqa: DTZ001 -- the naive time is the point


@pytest.mark.parametrize(
    "value",
    [
        *(1.0, 0.5, float("nan"), 2**53, -(2**53), "\ud800", b"x", {1, 2}),
        *({"\udc00": 1}, {1: 2}, {None: 1}, {True: 1}),
    ],
)
def test_what_v8_would_change_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=UNFIT):
        event_body(EventType.WEBHOOK_TEST, MOMENT, {"deep": [{"value": value}]})
    with pytest.raises(ValueError, match=UNFIT):
        v8_json.encode(value)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_bounded(opening: str, closing: str) -> None:
    deepest = opening * v8_json.MAX_DEPTH + "0" + closing * v8_json.MAX_DEPTH
    assert v8_json.encode(json.loads(deepest)) == deepest.encode()
    with pytest.raises(ValueError, match="deeper than 16"):
        v8_json.encode(json.loads(opening + deepest + closing))


def test_a_refusal_does_not_repeat_the_text() -> None:
    with pytest.raises(ValueError, match="lone surrogate") as refusal:
        v8_json.encode("4111111111111111\ud800")
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
    assert "4111" not in str(refusal.value)


def test_array_indices_come_first_in_ascending_order_and_nothing_else_moves() -> None:
    keys = ["b", "10", "4294967295", "2", "01", "-1", "0", "a", "1e1", "4294967294", "1.5", "\u0663", ""]
    encoded = v8_json.encode(dict.fromkeys(keys, 0))
    assert list(json.loads(encoded)) == [
        *("0", "2", "10", "4294967294"),
        *("b", "4294967295", "01", "-1", "a", "1e1", "1.5", "\u0663", ""),
    ]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-v8_json.MAX_SAFE_INTEGER, v8_json.MAX_SAFE_INTEGER)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4) | st.integers(0).map(str), inner)
    ),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_encoding_keeps_the_value_and_is_stable(value: object) -> None:
    encoded = v8_json.encode(value)
    assert json.loads(encoded) == value
    assert v8_json.encode(json.loads(encoded)) == encoded
