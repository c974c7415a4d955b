"""A real V8 gives the bytes back unchanged, and the seed's own receiver accepts their signature."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_core.domain import v8_json
from gateway_core.domain.events import EventType, event_body, payment_data
from gateway_core.domain.payment import PaymentMethod, PaymentStatus, PaymentView
from gateway_core.domain.signing import sign_body
from gateway_core.testing.processes import find_program

NODE = find_program("node")
NODE_TIMEOUT_S = 30
ROUND_TRIP = Path(__file__).with_name("v8_round_trip.js")
VERIFY = Path(__file__).with_name("seed_receiver.js")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(NODE is None, reason="needs node"),
]

TEXTS = [
    *("₹ 500", "🙂👩‍👩‍👧 🇮🇳", "שלום עולם", "مرحبا \u202eabc\u202c", "नमस्ते", "e\u0301 é", "\U0010ffff"),
    "".join(map(chr, range(0x20))),
    *("\x7f\x80\x9f\xa0\xad", "\u2028\u2029", "\ufeff\ufffe\uffff", '"\\/\b\f\n\r\t', "</script>", "\\u20b9"),
]
KEYS = [
    *("__proto__", "constructor", "toString", "toJSON", "hasOwnProperty", "length", "", " ", "\u0663"),
    *("01", "00", "-0", "-1", "+1", "1e3", "1.0", "0x10", "Infinity", "NaN", str(2**53 - 1), str(2**64 - 1)),
    *(str(number) for number in (2**32, 2**32 - 1, 2**32 - 2, 2**32 - 3, 2**31, 2**31 - 1, 10, 9, 2, 1, 0)),
]
MOMENT = datetime(2024, 1, 15, 10, 51, 10, 123_000, tzinfo=UTC)
CORPUS: list[object] = [
    *TEXTS,
    *({text: text} for text in TEXTS),
    {key: key for key in KEYS},
    {key: {key: [{key: 0} for key in KEYS]} for key in reversed(KEYS)},
    [0, -1, 2**53 - 1, -(2**53 - 1), 10**15, 2**31, 2**32, True, False, None, [], {}],
    {"100000": 1, "5": 2, "b": 3, "99": {"7": 1, "a": 2, "3": 3}},
]
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-v8_json.MAX_SAFE_INTEGER, v8_json.MAX_SAFE_INTEGER)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS)
            | st.integers(0, 2**33).map(str)
            | st.text(st.characters(codec="utf-8"), max_size=4),
            inner,
            max_size=8,
        )
    ),
    max_leaves=20,
)


def through_node(script: Path, lines: list[bytes]) -> list[bytes]:
    """One line of JSON in, one line out: compact JSON holds no line break of its own."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(script)], input=b"\n".join(lines), capture_output=True, timeout=NODE_TIMEOUT_S, check=True
    )
    return done.stdout.split(b"\n")


def test_v8_gives_the_corpus_back_byte_for_byte() -> None:
    bodies = [event_body(EventType.WEBHOOK_TEST, MOMENT, {"value": value}) for value in CORPUS]
    assert through_node(ROUND_TRIP, bodies) == bodies


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(JSON_VALUES, min_size=20, max_size=60))
def test_v8_gives_any_body_back_byte_for_byte(values: list[object]) -> None:
    bodies = [v8_json.encode(value) for value in values]
    assert through_node(ROUND_TRIP, bodies) == bodies


def test_v8_does_reorder_what_plain_json_would_send() -> None:
    plain = json.dumps({"b": 1, "1": 2}, separators=(",", ":")).encode()
    assert through_node(ROUND_TRIP, [plain]) == [b'{"1":2,"b":1}']


def test_the_seeds_receiver_accepts_our_signature() -> None:
    secret = "whsec_test_abc123"
    lines = []
    for text in TEXTS:
        payment = PaymentView(
            id="pay_abc123xyz",
            order_id="order_123",
            amount_minor=50000,
            currency="INR",
            method=PaymentMethod.UPI,
            vpa="user@paytm",
            status=PaymentStatus.SUCCESS,
            captured=False,
            receipt=text,
            notes={"10": text, "2": {text: 1}},
            created_at=datetime(2024, 1, 15, 10, 31, tzinfo=UTC),
        )
        body = event_body(EventType.PAYMENT_SUCCESS, MOMENT, payment_data(payment))
        lines.append(f"{sign_body(body, secret)} {secret} ".encode() + body)
    forged = lines[0].replace(b"50000", b"50001")
    assert through_node(VERIFY, [*lines, forged]) == [b"true"] * len(lines) + [b"false"]
