"""The benchmark's own tools: what they count must be what came."""

from __future__ import annotations

import hmac
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.http1 import MAX_MESSAGE_BYTES, Messages, header
from benchmarks.load import render
from benchmarks.receiver import Tally

SECRET = b"whsec_test_abc123"
MESSAGES = [
    (b"POST / HTTP/1.1\r\nContent-Length: 5", b"12345"),
    (b"GET / HTTP/1.1\r\nHost: x", b""),
    (b"A\r\ncontent-length:2", b"\r\n"),
]
STREAM = b"".join(head + b"\r\n\r\n" + body for head, body in MESSAGES)


@given(st.lists(st.integers(0, len(STREAM))))
def test_messages_are_cut_whatever_way_they_come(cuts: list[int]) -> None:
    messages = Messages()
    edges = [0, *sorted(cuts), len(STREAM)]
    assert [one for start, end in pairwise(edges) for one in messages.feed(STREAM[start:end])] == MESSAGES


def test_a_message_is_bounded() -> None:
    with pytest.raises(ValueError, match="bounds"):
        Messages().feed(b"x" * (MAX_MESSAGE_BYTES + 1))


def test_headers_are_found_in_any_case() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Some: thing\r\nCONTENT-LENGTH:  7 "
    assert header(head, b"content-length:") == b"7"
    assert header(head, b"x-some:") == b"thing"
    assert header(head, b"missing:") == b""


def webhook(event: str, payment_id: str) -> tuple[bytes, bytes]:
    body = json.dumps({"event": event, "data": {"payment": {"id": payment_id}}}).encode()
    return b"POST /\r\nX-Webhook-Signature: " + hmac.digest(SECRET, body, "sha256").hex().encode(), body


def test_a_payment_is_complete_once_all_three_events_were_verified() -> None:
    tally = Tally(SECRET)
    first_two = [webhook(event, "pay_1") for event in ("payment.created", "payment.pending")]
    assert all(tally.take(*message) for message in [*first_two, *first_two])
    assert tally.complete == 0
    assert tally.take(*webhook("payment.success", "pay_1"))
    assert tally.take(*webhook("payment.success", "pay_1"))
    assert tally.take(*webhook("payment.failed", "pay_2"))
    assert (tally.complete, tally.verified, tally.refused) == (1, 7, 0)


def test_a_signature_that_does_not_hold_counts_for_nothing() -> None:
    tally = Tally(SECRET)
    head, body = webhook("payment.success", "pay_1")
    assert not tally.take(head, body + b" ")
    assert not tally.take(b"POST /", body)
    assert (tally.verified, tally.refused) == (0, 2)


def test_a_request_says_its_own_length() -> None:
    [(head, body)] = Messages().feed(render("order_1"))
    assert json.loads(body) == {"order_id": "order_1", "method": "upi", "vpa": "user@paytm"}
    assert header(head, b"idempotency-key:") == b"bench-order_1"
