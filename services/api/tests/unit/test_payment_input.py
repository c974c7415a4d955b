"""What a payment may be made of, and what of a card is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.errors import as_gateway_error
from api.payments.filters import PaymentFilters
from api.payments.schemas import CardPaymentInput, PaymentInput, UpiPaymentInput
from gateway_core.db.queries.payment_list import PaymentFilter, SearchedAmount
from gateway_core.domain.card import CardSummary
from gateway_core.domain.errors import GatewayError
from gateway_core.domain.payment import PaymentMethod, PaymentStatus

NO_FILTER = PaymentFilter(statuses=[], methods=[], amounts=[])
CARD: dict[str, Any] = {
    "number": "5500-0000 0000 0004",
    "expiry_month": "6",
    "expiry_year": "26",
    "cvv": "737",
    "holder_name": "Asha Rao",
}


def parse(body: dict[str, Any]) -> UpiPaymentInput | CardPaymentInput:
    """The body as the endpoint gets it; raises the refusal that its caller would get."""
    try:
        return PaymentInput.model_validate({"order_id": "order_1", **body}).root
    except ValidationError as invalid:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in invalid.errors()]
        raise as_gateway_error(RequestValidationError(faults)) from None


def refusal_of(body: dict[str, Any]) -> str:
    with pytest.raises(GatewayError) as refusal:
        parse(body)
    return refusal.value.code


def filter_of(**query: Any) -> PaymentFilter:
    return PaymentFilters.model_validate(query).after(None)


def test_of_upi_the_address_is_kept() -> None:
    wanted = parse({"method": "upi", "vpa": "user@paytm"})
    assert isinstance(wanted, UpiPaymentInput)
    assert wanted.vpa == "user@paytm"


def test_of_a_card_network_and_last_four_are_kept_and_nothing_else() -> None:
    wanted = parse({"method": "card", "card": CARD})
    assert isinstance(wanted, CardPaymentInput)
    assert wanted.card == CardSummary("mastercard", "0004", (2026, 6))
    assert "5500" not in repr(wanted)
    assert "737" not in repr(wanted)


@pytest.mark.parametrize("method", [None, "", "UPI", "cash", 1, ["upi"], {"upi": 1}, True])
def test_other_methods_are_refused(method: object) -> None:
    assert refusal_of({"method": method, "vpa": "user@paytm"}) == "BAD_REQUEST_ERROR"


@pytest.mark.parametrize(
    "vpa", [None, "", "user", "user@", "@bank", "a b@c", "user@pay-tm", "user@paytm\n", 5]
)
def test_addresses_by_the_contracts_pattern(vpa: object) -> None:
    assert refusal_of({"method": "upi", "vpa": vpa}) == "INVALID_VPA"


@pytest.mark.parametrize(
    "change",
    [
        {"number": "4111111111111112"},
        {"number": ""},
        {"number": 4111111111111111},
        {"cvv": "12"},
        {"cvv": None},
        {"holder_name": " "},
    ],
)
def test_a_wrong_card_is_invalid(change: dict[str, object]) -> None:
    assert refusal_of({"method": "card", "card": {**CARD, **change}}) == "INVALID_CARD"


@pytest.mark.parametrize("missing", CARD)
def test_a_missing_card_field_is_invalid(missing: str) -> None:
    card = {name: value for name, value in CARD.items() if name != missing}
    assert refusal_of({"method": "card", "card": card}) == "INVALID_CARD"


@pytest.mark.parametrize("card", [None, "4111111111111111", [], 1])
def test_no_card_is_an_invalid_card(card: object) -> None:
    assert refusal_of({"method": "card", "card": card}) == "INVALID_CARD"


@pytest.mark.parametrize("order_id", [None, "", 1, ["order_1"], True])
def test_an_order_id_is_required(order_id: object) -> None:
    with pytest.raises(GatewayError, match="order_id is required"):
        parse({"order_id": order_id, "method": "upi", "vpa": "user@paytm"})


def test_a_missing_order_id_is_required_whatever_the_method() -> None:
    for body in ({"method": "upi", "vpa": "user@paytm"}, {"method": "card", "card": CARD}):
        with pytest.raises(GatewayError, match="order_id is required"):
            PaymentInput.model_validate(body)


def test_filters_are_read() -> None:
    query = {
        "status": ["failed,success", "failed"],
        "method": ["card"],
        "q": " pay_7Hs ",
        "order_id": "order_1",
        "created_from": "2024-01-15t10:30:00z",
        "created_to": "2024-01-15T16:00:00 05:30",
        "amount_min": "100",
        "amount_max": "9999999999999999",
        "unknown": "ignored",
    }
    half_past_five = timezone(timedelta(hours=5, minutes=30))
    assert filter_of(**query) == PaymentFilter(
        statuses=[PaymentStatus.FAILED, PaymentStatus.SUCCESS],
        methods=[PaymentMethod.CARD],
        search="pay_7Hs",
        amounts=[],
        id_prefix="pay_7Hs",
        order_id="order_1",
        created_from=datetime(2024, 1, 15, 10, 30, tzinfo=UTC),
        created_to=datetime(2024, 1, 15, 16, tzinfo=half_past_five),
        amount_min=100,
        amount_max=2**53 - 1,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1246-03-05T00:00:00Z", datetime(1246, 3, 5, tzinfo=UTC)),
        ("2024-01-15T00:00:00+23:59", datetime(2024, 1, 14, 0, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_every_year_is_a_time(text: str, expected: datetime) -> None:
    assert filter_of(created_from=text).created_from == expected


def test_empty_filters_filter_nothing() -> None:
    assert filter_of(status=[""], order_id="", amount_min="", q=" ") == NO_FILTER


@pytest.mark.parametrize("text", ["p", "pay", "pay_", "o", "order_"])
def test_what_every_id_begins_with_filters_nothing(text: str) -> None:
    assert filter_of(q=text) == NO_FILTER


@pytest.mark.parametrize("text", ["7Hs2", "Pay_7", "pay_7%", "pay_7_", "pay_ü", "order_1;--", "x" * 255])
def test_what_no_id_begins_with_may_be_a_receipt(text: str) -> None:
    assert filter_of(q=text) == replace(NO_FILTER, search=text)


def test_text_that_no_column_can_hold_is_searched_for_all_the_same() -> None:
    assert filter_of(q="pay_\x00").search == "pay_\ufffd"
    assert len(filter_of(q="x" * 9999).search or "") == 256


def test_the_beginnings_of_ids_are_told_from_one_another() -> None:
    order, payment, refund = (
        replace(NO_FILTER, search=f"{prefix}_5k") for prefix in ("order", "pay", "rfnd")
    )
    assert filter_of(q="order_5k") == replace(order, order_id_prefix="order_5k")
    assert filter_of(q="pay_5k") == replace(payment, id_prefix="pay_5k")
    assert filter_of(q="rfnd_5k") == replace(refund, refund_id_prefix="rfnd_5k")


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("499", [(499, 0), (49900, 2), (499000, 3)]),
        ("1,499.50", [(149950, 2), (1499500, 3)]),
        ("499.00", [(499, 0), (49900, 2), (499000, 3)]),
        ("1.234", [(1234, 3)]),
        ("0", []),
        ("-1", []),
        ("9007199254740991", [(2**53 - 1, 0)]),
    ],
)
def test_a_number_may_be_an_amount_of_any_currency(text: str, amounts: list[tuple[int, int]]) -> None:
    assert filter_of(q=text) == replace(
        NO_FILTER, search=text, amounts=[SearchedAmount(*amount) for amount in amounts]
    )


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("false", False), ("", None)])
def test_review_is_a_filter(text: str, flag: bool | None) -> None:
    assert filter_of(requires_review=text) == replace(NO_FILTER, requires_review=flag)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("status", "captured"),
        ("status", "success,"),
        ("status", "success,captured"),
        ("status", ",".join(["success"] * 99)),
        ("method", "cash"),
        ("order_id", "a\x00b"),
        ("order_id", "x" * 81),
        ("created_from", "yesterday"),
        ("created_from", "2024-01-15"),
        ("created_from", "2024-01-15T10:30:00"),
        ("created_to", "0000-01-01T00:00:00Z"),
        ("amount_min", "-1"),
        ("amount_max", "1.5"),
        ("amount_max", "٣"),
        ("amount_max", "9" * 17),
    ],
)
def test_values_that_are_none_are_refused(name: str, text: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        filter_of(**{name: [text] if name in ("status", "method") else text})
    assert refusal.value.field == name
