"""Messages of a stream, and what of a reconnect is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from api.live.messages import Message, message, opening, parse_last_id
from gateway_core.db.queries.live import SeenEvent
from gateway_core.domain.events import EventType, event_body

AT = datetime(2024, 1, 15, 10, 30, 0, 123_000, tzinfo=UTC)


def event(event_type: str, payload: bytes, event_id: int = 7) -> SeenEvent:
    return SeenEvent(event_id, UUID(int=1), event_type, AT, payload)


def test_a_message_has_its_id_kind_and_data() -> None:
    body = event_body(EventType.PAYMENT_SUCCESS, AT, {"payment": {"id": "pay_1", "amount": 5}})
    made = message(event("payment.success", body))
    assert (made.id, made.kind) == (7, "payment")
    assert json.loads(made.data or "") == {
        "type": "payment.success",
        "created_at": "2024-01-15T10:30:00.123Z",
        "data": {"payment": {"id": "pay_1", "amount": 5}, "sequence": 3},
    }


@pytest.mark.parametrize(("name", "kind"), [("refund.processed", "refund"), ("webhook.test", "webhook")])
def test_the_kind_is_what_stands_before_the_dot(name: str, kind: str) -> None:
    assert message(event(name, b'{"data":{}}')).kind == kind


@pytest.mark.parametrize(
    "hostile", ["a\nevent: x\n\ndata: y", "a\r\rid: 9", "\u2028\u2029\x85", "</script>", "☕"]
)
def test_no_string_ends_a_message_or_begins_a_field(hostile: str) -> None:
    body = event_body(EventType.PAYMENT_SUCCESS, AT, {"payment": {"receipt": hostile}})
    data = message(event("payment.success", body)).data or ""
    assert not {"\r", "\n"} & set(data)
    assert json.loads(data)["data"]["payment"]["receipt"] == hostile


def test_an_event_without_data_is_told_all_the_same() -> None:
    assert json.loads(message(event("payment.success", b"{}")).data or "")["data"] == {}


def test_a_stream_opens_with_where_to_resume() -> None:
    assert opening(41) == Message(id=41, retry_ms=2000)


@pytest.mark.parametrize(
    ("text", "last_id"),
    [
        (None, None), ("", None), ("0", 0), ("41", 41), ("-1", None), ("4 1", None), ("٤", None), ("x", None),
        ("9" * 19, 2**63 - 1), ("9" * 20, None),
    ],
)  # fmt: skip
def test_only_our_own_ids_are_resumed(text: str | None, last_id: int | None) -> None:
    assert parse_last_id(text) == last_id
