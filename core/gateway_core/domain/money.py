"""Amounts in the currency's minor unit (paise), as integers only (contract, "Money is an integer")."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from gateway_core.domain.currencies import MINOR_UNIT_DIGITS
from gateway_core.domain.errors import GatewayError, bad_request
from gateway_core.domain.v8_json import MAX_SAFE_INTEGER

# Receivers read amounts as JavaScript numbers: above this they would be rounded silently.
MAX_AMOUNT_MINOR: Final = MAX_SAFE_INTEGER
DEFAULT_CURRENCY: Final = "INR"
UPI_CURRENCY: Final = "INR"

USUAL_DIGITS: Final = 2
"""Of currencies that are charged no longer."""

_HUNDRED: Final = 100


def check_positive_amount(value: object) -> int:
    """The amount of a capture or a refund: an integer of at least 1, or BAD_REQUEST_ERROR."""
    return _check_amount(value, 1)


def check_currency(value: object) -> str:
    """An ISO 4217 code in upper case, given in any case; `None` means `DEFAULT_CURRENCY`. Else BAD_REQUEST_ERROR."""
    if value is None:
        return DEFAULT_CURRENCY
    # Upper case of some letters that are not ASCII is ASCII (dotless i).
    if isinstance(value, str) and value.isascii() and value.upper() in MINOR_UNIT_DIGITS:
        return value.upper()
    raise bad_request("currency must be an ISO 4217 code", field="currency")


def min_amount_minor(currency: str) -> int:
    """The least amount of an order: one major unit or 100 minor units, whichever is less."""
    return 1 if MINOR_UNIT_DIGITS[currency] == 0 else _HUNDRED


def check_amount_for(currency: str, amount_minor: object) -> int:
    """The amount of an order in `currency` (as `check_currency` returns it), or BAD_REQUEST_ERROR."""
    return _check_amount(amount_minor, min_amount_minor(currency))


def check_upi_currency(currency: str) -> None:
    """UPI moves rupees only: BAD_REQUEST_ERROR for an order in another currency."""
    if currency != UPI_CURRENCY:
        raise upi_takes_inr_only()


def upi_takes_inr_only() -> GatewayError:
    """The refusal of UPI for other currencies."""
    return bad_request(f"UPI payments must be in {UPI_CURRENCY}", field="method")


def decimal_amount(amount_minor: int, currency: str) -> str:
    """`amount_minor` in the currency's major unit, with all its decimals and no grouping; `currency` may be unknown."""
    digits = MINOR_UNIT_DIGITS.get(currency, USUAL_DIGITS)
    return f"{Decimal(amount_minor).scaleb(-digits):.{digits}f}"


def _check_amount(value: object, minimum: int) -> int:
    # `True` is an int to Python; `500.0` is a decimal to every other reader.
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_request("amount must be an integer", field="amount")
    if value < minimum:
        raise bad_request(f"amount must be at least {minimum}", field="amount")
    if value > MAX_AMOUNT_MINOR:
        raise bad_request(f"amount must be at most {MAX_AMOUNT_MINOR}", field="amount")
    return value
