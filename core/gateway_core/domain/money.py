"""Amounts in the currency's minor unit (paise), as integers only (contract, "Money is an integer")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gateway_core.domain.errors import bad_request
from gateway_core.domain.v8_json import MAX_SAFE_INTEGER

MIN_AMOUNT_MINOR: Final = 100
# Receivers read amounts as JavaScript numbers: above this they would be rounded silently.
MAX_AMOUNT_MINOR: Final = MAX_SAFE_INTEGER
DEFAULT_CURRENCY: Final = "INR"

MINOR_UNIT_DIGITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Decimals of the currencies whose minor unit is not a hundredth (ISO 4217)."""

_CURRENCY = re.compile(r"[A-Z]{3}")


def check_order_amount(value: object) -> int:
    """The amount of an order: an integer of at least `MIN_AMOUNT_MINOR`, or BAD_REQUEST_ERROR."""
    return _check_amount(value, MIN_AMOUNT_MINOR)


def check_positive_amount(value: object) -> int:
    """The amount of a capture or a refund: an integer of at least 1, or BAD_REQUEST_ERROR."""
    return _check_amount(value, 1)


def check_currency(value: object) -> str:
    """Three upper-case letters in ISO 4217 form; `None` means `DEFAULT_CURRENCY`. Else BAD_REQUEST_ERROR."""
    if value is None:
        return DEFAULT_CURRENCY
    if isinstance(value, str) and _CURRENCY.fullmatch(value):
        return value
    raise bad_request("currency must be three upper-case letters (ISO 4217)", field="currency")


def _check_amount(value: object, minimum: int) -> int:
    # `True` is an int to Python; `500.0` is a decimal to every other reader.
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_request("amount must be an integer", field="amount")
    if value < minimum:
        raise bad_request(f"amount must be at least {minimum}", field="amount")
    if value > MAX_AMOUNT_MINOR:
        raise bad_request(f"amount must be at most {MAX_AMOUNT_MINOR}", field="amount")
    return value
