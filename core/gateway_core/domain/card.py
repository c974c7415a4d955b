"""Cards: only the network and the last four digits ever leave this module (contract, "Rules")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway_core.domain.errors import expired_card, invalid_card

MAX_HOLDER_NAME_LENGTH: Final = 255
MIN_CARD_DIGITS: Final = 13
MAX_CARD_DIGITS: Final = 19

_NUMBER = re.compile(rf"[0-9]{{{MIN_CARD_DIGITS},{MAX_CARD_DIGITS}}}")
_CVV = re.compile(r"[0-9]{3,4}")
_MONTH = re.compile(r"0?[1-9]|1[0-2]")
_YEAR = re.compile(r"[0-9]{2}|[0-9]{4}")
_CENTURY: Final = 2000
_DROP_SEPARATORS = str.maketrans("", "", " -")
_DOUBLED_DIGIT = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


@dataclass(frozen=True, slots=True)
class CardNetwork:
    """A network, the leading digits of its numbers, and the length of its security codes."""

    name: str
    prefixes: tuple[str, ...]
    cvv_digits: int = 3


NETWORKS: Final = (
    CardNetwork("visa", ("4",)),
    CardNetwork("mastercard", ("51", "52", "53", "54", "55")),
    CardNetwork("amex", ("34", "37"), cvv_digits=4),
    CardNetwork("rupay", ("60", "65", "81", "82", "83", "84", "85", "86", "87", "88", "89")),
)
UNKNOWN_NETWORK: Final = "unknown"


@dataclass(frozen=True, slots=True, repr=False)
class CardInput:
    """A card as the payer typed it. It is kept in memory only; its repr shows nothing."""

    number: str
    expiry_month: str
    expiry_year: str
    cvv: str
    holder_name: str

    def __repr__(self) -> str:
        return "CardInput(…)"

    @classmethod
    def from_json(cls, value: object) -> CardInput:
        """The `card` object of a request; a missing or wrongly typed field raises INVALID_CARD."""
        if not isinstance(value, Mapping):
            raise invalid_card()
        return cls(
            number=_text(value.get("number")),
            expiry_month=_text_or_number(value.get("expiry_month")),
            expiry_year=_text_or_number(value.get("expiry_year")),
            cvv=_text(value.get("cvv")),
            holder_name=_text(value.get("holder_name")),
        )


@dataclass(frozen=True, slots=True)
class CardSummary:
    """All of a card that may be kept."""

    network: str
    last4: str


def check_card(card: CardInput, today: date) -> CardSummary:
    """Checks in the contract's order: fields, number and Luhn, CVV, then expiry against `today` (UTC).

    Raises INVALID_CARD or EXPIRED_CARD; neither says which digits it saw.
    """
    number = card.number.translate(_DROP_SEPARATORS)
    if not (_is_holder_name(card.holder_name) and card.expiry_month and card.expiry_year):
        raise invalid_card()
    if not (_NUMBER.fullmatch(number) and is_luhn_valid(number) and _CVV.fullmatch(card.cvv)):
        raise invalid_card()
    if _expiry(card.expiry_month, card.expiry_year) < (today.year, today.month):
        raise expired_card()
    return CardSummary(network=card_network(number), last4=number[-4:])


def card_network(number: str) -> str:
    """The name of the network in ``NETWORKS`` by the leading digits of a number without separators, or unknown."""
    return next((each.name for each in NETWORKS if number.startswith(each.prefixes)), UNKNOWN_NETWORK)


def is_luhn_valid(number: str) -> bool:
    """Whether the last digit is the check digit of the others (``number`` is digits only).

    ISO/IEC 7812-1 annex B: every second digit from the right, the last excepted, is doubled.
    """
    digits = [int(character) for character in reversed(number)]
    return (sum(digits[::2]) + sum(_DOUBLED_DIGIT[digit] for digit in digits[1::2])) % 10 == 0


def _expiry(month: str, year: str) -> tuple[int, int]:
    """(year, month), or EXPIRED_CARD when they are no month and year."""
    if not (_MONTH.fullmatch(month) and _YEAR.fullmatch(year)):
        raise expired_card()
    return (_CENTURY + int(year) if len(year) == 2 else int(year)), int(month)


def _is_holder_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MAX_HOLDER_NAME_LENGTH


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise invalid_card()


def _text_or_number(value: object) -> str:
    # Many form libraries send the expiry as numbers; leading zeros do not matter here.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9999:
        return str(value)
    return _text(value)
