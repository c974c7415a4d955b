from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from merchant.delivery import Delivery, money, read_delivery
from merchant.page import render
from merchant.settings import read_settings

NOW = datetime(2030, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)


def delivery(payload: object, webhook_id: str = "evt_1") -> Delivery:
    return read_delivery(json.dumps(payload).encode(), webhook_id, NOW)


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        (
            {
                "event": "payment.success",
                "data": {"payment": {"id": "pay_1", "amount": 50000, "currency": "INR"}},
            },
            "payment.success pay_1 ₹500.00",
        ),
        (
            {"event": "refund.created", "data": {"refund": {"id": "rfnd_1", "amount": 5}}},
            "refund.created rfnd_1 ₹0.05",
        ),
        ({"event": "webhook.test", "data": {}}, "webhook.test"),
        ({"event": "from.tomorrow", "data": [1]}, "from.tomorrow"),
        ({"event": "from.tomorrow"}, "from.tomorrow"),
    ],
)
def test_a_delivery_reads_on_one_line(payload: object, line: str) -> None:
    assert delivery(payload).line() == line


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}", b'{"event": 1}', b"\xff"])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting|not an event|decode"):
        read_delivery(body, "evt_1", NOW)


def test_the_time_of_arrival_is_utc() -> None:
    assert delivery({"event": "e"}).received_at == "2030-01-02T03:04:05.678Z"


def test_without_an_id_the_same_bytes_are_the_same_delivery() -> None:
    first, second = delivery({"event": "e"}, ""), delivery({"event": "e"}, "")
    assert first.id == second.id
    assert first.id != delivery({"event": "f"}, "").id


def test_money_is_exact() -> None:
    assert money(9_007_199_254_740_991, "INR") == "₹90071992547409.91"
    assert money(50_000, "JPY") == "50000 minor units of JPY"


def test_the_page_escapes_what_it_shows() -> None:
    page = render([delivery({"event": "<script>alert(1)</script>"})])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "Nothing has arrived" not in page


def test_the_page_says_when_there_is_nothing() -> None:
    assert "Nothing has arrived yet." in render([])


def test_settings_have_the_test_merchants_defaults() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.secret) == ("127.0.0.1", 4000, "whsec_test_abc123")
    assert settings.log_path.name == "webhook-logs.json"
    assert read_settings({"GATEWAY_ENV": "production"}).host == "0.0.0.0"
    assert read_settings({"GATEWAY_ENV": "production", "BIND_HOST": "127.0.0.2"}).host == "127.0.0.2"


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "4_000", "٤"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match="RECEIVER_PORT"):
        read_settings({"RECEIVER_PORT": port})
