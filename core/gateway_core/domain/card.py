"""Cards: only the network and the last four digits ever leave this module (contract, "Rules")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway_core.domain.card_networks import CardNetwork, network_of
from gateway_core.domain.errors import expired_card, invalid_card

MAX_HOLDER_NAME_LENGTH: Final = 255
MIN_CARD_DIGITS: Final = 12
MAX_CARD_DIGITS: Final = 19

_NUMBER = re.compile(rf"[0-9]{{{MIN_CARD_DIGITS},{MAX_CARD_DIGITS}}}")
_ZEROS = re.compile("0*")
_MONTH = re.compile(r"0?[1-9]|1[0-2]")
_YEAR = re.compile(r"[0-9]{2}|[0-9]{4}")
_CENTURY: Final = 2000
# Minus sign and middle dots; spaces, dashes and invisible marks are known by their Unicode categories.
_SEPARATORS: Final = frozenset(".\u00b7\u2024\u2027\u2212\u30fb")
_SEPARATOR_CATEGORIES: Final = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})
_DOUBLED_DIGIT = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


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
        """The `card` object of a request; INVALID_CARD names the field that is missing or wrongly typed."""
        if not isinstance(value, Mapping):
            raise invalid_card("card")
        return cls(
            number=_text(value, "number"),
            expiry_month=_text_or_number(value, "expiry_month"),
            expiry_year=_text_or_number(value, "expiry_year"),
            cvv=_text(value, "cvv"),
            holder_name=_text(value, "holder_name"),
        )


@dataclass(frozen=True, slots=True)
class CardSummary:
    """All of a card that may be kept."""

    network: str
    last4: str
    expires: tuple[int, int]
    """The last (year, month) in which it is valid."""


def check_card(card: CardInput) -> CardSummary:
    """Checks in the contract's order: missing fields, number, CVV, then the form of the expiry date.

    Digits of any script count as digits. Raises INVALID_CARD or EXPIRED_CARD, which name the field that was
    refused; neither says which digits it saw.
    """
    for name in ("holder_name", "expiry_month", "expiry_year"):
        if not getattr(card, name).strip():
            raise invalid_card(f"card.{name}")
    if len(card.holder_name) > MAX_HOLDER_NAME_LENGTH:
        raise invalid_card("card.holder_name")
    number = _without_separators(ascii_digits(card.number))
    network = network_of(number)
    if not _is_number(number, network):
        raise invalid_card("card.number")
    if not re.fullmatch(rf"[0-9]{{{network.cvv_digits}}}", ascii_digits(card.cvv).strip()):
        raise invalid_card("card.cvv")
    expires = _expiry(ascii_digits(card.expiry_month).strip(), ascii_digits(card.expiry_year).strip())
    return CardSummary(network.name, number[-4:], expires)


def check_expiry(card: CardSummary, today: date) -> None:
    """EXPIRED_CARD after the end of the card's last month (UTC)."""
    if card.expires < (today.year, today.month):
        raise expired_card("card.expiry_month")


def card_network(number: str) -> str:
    """The name of the network of a number without separators, or unknown."""
    return network_of(number).name


def ascii_digits(text: str) -> str:
    """``text`` with the decimal digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def may_be_card_number(digits: str) -> bool:
    """Whether some network has numbers like these (``digits`` only)."""
    if not MIN_CARD_DIGITS <= len(digits) <= MAX_CARD_DIGITS or not is_luhn_valid(digits):
        return False
    return len(digits) > MIN_CARD_DIGITS or len(digits) in network_of(ascii_digits(digits)).lengths


def is_luhn_valid(number: str) -> bool:
    """Whether the last digit is the check digit of the others (``number`` is digits only).

    ISO/IEC 7812-1 annex B: every second digit from the right, the last excepted, is doubled.
    """
    digits = [int(character) for character in reversed(number)]
    return (sum(digits[::2]) + sum(_DOUBLED_DIGIT[digit] for digit in digits[1::2])) % 10 == 0


def _is_number(number: str, network: CardNetwork) -> bool:
    is_long_enough = _NUMBER.fullmatch(number) is not None and len(number) in network.lengths
    return is_long_enough and _ZEROS.fullmatch(number) is None and is_luhn_valid(number)


def _without_separators(text: str) -> str:
    """What is pasted between digits is dropped: spaces, dashes, dots and invisible marks of every kind."""
    return "".join(
        character
        for character in text
        if character not in _SEPARATORS and unicodedata.category(character) not in _SEPARATOR_CATEGORIES
    )


def _expiry(month: str, year: str) -> tuple[int, int]:
    """(year, month), or EXPIRED_CARD when they are no month and year."""
    if not _MONTH.fullmatch(month):
        raise expired_card("card.expiry_month")
    if not _YEAR.fullmatch(year):
        raise expired_card("card.expiry_year")
    return (_CENTURY + int(year) if len(year) == 2 else int(year)), int(month)


def _text(card: Mapping[str, object], name: str) -> str:
    value = card.get(name)
    if isinstance(value, str):
        return value
    raise invalid_card(f"card.{name}")


def _text_or_number(card: Mapping[str, object], name: str) -> str:
    # Form libraries send expiry as numbers as often as not; a leading zero means nothing here.
    value = card.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9999:
        return str(value)
    return _text(card, name)
