"""JSON as every reader understands it (RFC 8259), and nothing that two readers could understand differently."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Final

from gateway_core.domain.errors import GatewayError, bad_request, unsupported_media_type

MAX_DEPTH: Final = 32
MALFORMED: Final = "Request body must be valid JSON in UTF-8"

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_UTF8_NAMES: Final = ("utf-8", "utf8")
# PostgreSQL holds no NUL, UTF-8 no half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a body that is no JSON object."""

    error: GatewayError


def check_content_type(value: str | None) -> None:
    """``application/json``, in UTF-8 if it names a charset, or UNSUPPORTED_MEDIA_TYPE."""
    if value is None or value.partition(";")[0].strip().lower() != "application/json":
        raise unsupported_media_type()
    charset = _CHARSET.search(value)
    if charset is not None and charset[1].lower() not in _UTF8_NAMES:
        raise unsupported_media_type()


def parse_object(body: bytes) -> dict[str, object]:
    """The one JSON object that ``body`` is; BAD_REQUEST_ERROR for anything else.

    Refused as well: duplicate keys, NaN and Infinity (numbers too large for a double too), NUL and lone
    surrogates, a byte order mark, other encodings than UTF-8, more than ``MAX_DEPTH`` levels. No error
    repeats any of the input.
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):
        # The original error carries the text along, which may hold a card number.
        raise bad_request(MALFORMED) from None
    if not isinstance(value, dict):
        raise bad_request("Request body must be a JSON object")
    _check(value, MAX_DEPTH)
    return value


def _check(value: object, levels_left: int) -> None:
    match value:
        case str():
            if _UNSTORABLE.search(value):
                raise bad_request("Request body must not contain NUL or unpaired surrogate characters")
        case dict() | list() if levels_left == 0:
            raise bad_request(f"Request body must be nested at most {MAX_DEPTH} levels deep")
        case dict():
            for key, item in value.items():
                _check(key, levels_left)
                _check(item, levels_left - 1)
        case list():
            for item in value:
                _check(item, levels_left - 1)
        case _:
            return


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number beyond a double")
    return number


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse)
