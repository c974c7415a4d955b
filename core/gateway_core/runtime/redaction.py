"""Removes card numbers and secrets from every text before a log line leaves the process."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway_core.domain.api_key import API_SECRET_PREFIX
from gateway_core.domain.card import MAX_CARD_DIGITS, may_be_card_number
from gateway_core.domain.ids import PAYMENT_PREFIX
from gateway_core.domain.sign_in import SESSION_TOKEN_PREFIX
from gateway_core.domain.webhook_secret import WEBHOOK_SECRET_PREFIX

CARD_MARK = "[card]"

_UUID = r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"
_DIGITS = r"\d(?:[\s\u2010-\u2015-]?\d){11,}"
# A UUID's last groups may hold 13 digits in a row, so UUIDs are recognised first and left alone.
_UUID_OR_DIGITS = re.compile(f"{_UUID}|(?P<digits>{_DIGITS})")
_DIGIT_GROUP = re.compile(r"\d+")
_CLIENT_SECRET_PREFIX = f"{PAYMENT_PREFIX}[A-Za-z0-9]+_secret_"
_SECRET_PREFIXES = (API_SECRET_PREFIX, WEBHOOK_SECRET_PREFIX, SESSION_TOKEN_PREFIX, _CLIENT_SECRET_PREFIX)
_KNOWN_SECRET = re.compile(rf"\b({'|'.join(_SECRET_PREFIXES)})[A-Za-z0-9+/=_-]{{4,}}")
_URL_PASSWORD = re.compile(r"(://[^:/?#@\s]*:)[^@/\s]+@")
_QUERY_PASSWORD = re.compile(r"([?&](?:sentinel_)?password=)[^&#\s\"']+")


def redact(text: str) -> str:
    """``text`` without card numbers, our secrets, or URL passwords.

    A card number is 13 to 19 digits of any script (12 to 19 of Maestro's) with a valid check digit. Digits may be
    parted by single spaces or dashes. A run that holds a card number beside other groups of digits (an expiry, say)
    loses the card number only.
    """
    text = _UUID_OR_DIGITS.sub(_without_card, text)
    text = _KNOWN_SECRET.sub(r"\1***", text)
    text = _URL_PASSWORD.sub(r"\1***@", text)
    return _QUERY_PASSWORD.sub(r"\1***", text)


def _without_card(match: re.Match[str]) -> str:
    run = match.group()
    if match.group("digits") is None:
        return run
    groups = [group.span() for group in _DIGIT_GROUP.finditer(run)]
    kept, position, first = "", 0, 0
    while first < len(groups):
        last = _last_group_of_card(run, groups, first)
        if last is not None:
            kept += run[position : groups[first][0]] + CARD_MARK
            position, first = groups[last][1], last
        first += 1
    return kept + run[position:]


def _last_group_of_card(run: str, groups: Sequence[tuple[int, int]], first: int) -> int | None:
    """Where the longest card number ends that starts with group ``first``; None if there is none."""
    digits, last = "", None
    for index in range(first, len(groups)):
        digits += run[slice(*groups[index])]
        if len(digits) > MAX_CARD_DIGITS:
            break
        if may_be_card_number(digits):
            last = index
    return last
