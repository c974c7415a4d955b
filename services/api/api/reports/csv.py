"""Payments as CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.events import rfc3339
from gateway_core.domain.money import decimal_amount

COLUMNS: Final = (
    "id", "order_id", "created_at_utc", "updated_at_utc", "status", "method", "amount", "amount_decimal", "currency",
    "amount_refunded", "amount_refunded_decimal", "captured", "vpa", "card_network", "card_last4", "error_code",
    "error_description", "requires_review", "receipt",
)  # fmt: skip
LINE_END: Final = "\r\n"

# OWASP, CSV Injection; also behind blanks, and in the full-width forms that some spreadsheets take for ASCII.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")
# More than RFC 4180 asks for: some spreadsheets cut at semicolons and tabs as well.
_TO_QUOTE = re.compile("[\",;\t\r\n']")


def header() -> bytes:
    """The first line."""
    return _line(COLUMNS)


def lines(records: Sequence[PaymentRecord]) -> bytes:
    """One line each."""
    return b"".join(_line([cell(value) for value in _values(record)]) for record in records)


def cell(value: object) -> str:
    """``value`` as a cell. Text that would be taken for a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _FORMULA.match(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text


def _line(cells: Sequence[str]) -> bytes:
    return (",".join(cells) + LINE_END).encode()


def _values(record: PaymentRecord) -> Sequence[object]:
    view = record.view
    return (
        view.id,
        view.order_id,
        rfc3339(view.created_at),
        rfc3339(record.updated_at),
        view.status.value,
        view.method.value,
        view.amount_minor,
        decimal_amount(view.amount_minor, view.currency),
        view.currency,
        record.amount_refunded,
        decimal_amount(record.amount_refunded, view.currency),
        view.captured,
        view.vpa,
        view.card_network,
        view.card_last4,
        view.error_code,
        view.error_description,
        record.requires_review,
        view.receipt,
    )
