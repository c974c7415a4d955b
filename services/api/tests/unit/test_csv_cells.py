"""Cells of an export: read back as they were, and no formula in a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from api.reports.csv import COLUMNS, cell, header, lines
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.payment import PaymentMethod, PaymentStatus, PaymentView

AT = datetime(2024, 1, 15, 10, 30, 0, 123_000, tzinfo=UTC)
RECORD = PaymentRecord(
    view=PaymentView(
        id="pay_1",
        order_id="order_1",
        amount_minor=50_000,
        currency="INR",
        method=PaymentMethod.CARD,
        status=PaymentStatus.SUCCESS,
        captured=True,
        created_at=AT,
        card_network="visa",
        card_last4="0042",
        receipt='Tea, "hot"\r\nfor ☕ two',
    ),
    merchant_id=UUID(int=1),
    updated_at=AT,
    amount_refunded=100,
)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_a_line_is_read_back_as_it_was() -> None:
    names, values = read(header() + lines([RECORD]))
    assert names == list(COLUMNS)
    row = dict(zip(names, values, strict=True))
    assert row == {
        "id": "pay_1",
        "order_id": "order_1",
        "created_at_utc": "2024-01-15T10:30:00.123Z",
        "updated_at_utc": "2024-01-15T10:30:00.123Z",
        "status": "success",
        "method": "card",
        "amount": "50000",
        "amount_decimal": "500.00",
        "currency": "INR",
        "amount_refunded": "100",
        "amount_refunded_decimal": "1.00",
        "captured": "true",
        "vpa": "",
        "card_network": "visa",
        "card_last4": "0042",
        "error_code": "",
        "error_description": "",
        "requires_review": "false",
        "receipt": 'Tea, "hot"\r\nfor ☕ two',
    }


def test_lines_end_as_the_rfc_says_and_nothing_stands_before_the_header() -> None:
    assert header().startswith(b"id,order_id,")
    assert header().endswith(b"requires_review,receipt\r\n")
    plain = replace(RECORD, view=replace(RECORD.view, receipt=None))
    assert lines([plain, plain]).count(b"\r\n") == 2


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n=1",
        "\u00a0=1",
        "＝1",
        "－cmd@bank",
        '=HYPERLINK("x")',
    ],
)
def test_what_could_be_a_formula_is_text(text: str) -> None:
    [[value]] = read(cell(text).encode() + b"\r\n")
    assert value == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "user@bank", "कॉफ़ी", "<script>", "a;=1", "'quoted"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert read(f"x,{cell(text)}\r\n".encode()) == [["x", text]]


def test_what_other_spreadsheets_would_cut_at_is_quoted() -> None:
    assert cell("a;=1") == '"a;=1"'
    assert cell("a\t=1") == '"a\t=1"'


def test_a_negative_number_is_a_number() -> None:
    assert cell(-5) == "-5"
