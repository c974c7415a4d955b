"""JSON text exactly as V8 would write it again.

Receivers verify the signature over `JSON.stringify(JSON.parse(body))` (contract, "Webhooks"), so the text
must survive that round trip byte for byte. V8 rounds numbers to doubles and moves keys that are array
indices to the front (ECMA-262, OrdinaryOwnPropertyKeys); everything else keeps its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

MAX_SAFE_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 16

_MAX_ARRAY_INDEX: Final = 2**32 - 2
_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")


def encode(value: object) -> bytes:
    """UTF-8 JSON of `value` with V8's key order, compact, nothing escaped that need not be.

    Takes mappings with string keys, lists, tuples, strings, booleans, None and safe integers.
    Raises ValueError for anything V8 would change: floats, integers beyond
    `MAX_SAFE_INTEGER`, lone surrogates, keys that are not strings, more than `MAX_DEPTH` levels.
    """
    text = json.dumps(_in_v8_order(value, MAX_DEPTH), ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # The original error would carry the whole text along.
        raise ValueError("text holds a lone surrogate") from None


def _in_v8_order(value: object, levels_left: int) -> object:
    # The commonest first: this runs for every value of every event.
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return _safe_integer(value)
    if isinstance(value, dict | Mapping | list | tuple) and levels_left == 0:
        raise ValueError(f"JSON is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict | Mapping):
        return {key: _in_v8_order(value[key], levels_left - 1) for key in _keys_in_v8_order(value)}
    if isinstance(value, list | tuple):
        return [_in_v8_order(item, levels_left - 1) for item in value]
    raise ValueError(f"{type(value).__name__} has no exact JSON form")


def _keys_in_v8_order(mapping: Mapping[Any, object]) -> Iterable[str]:
    if not all(isinstance(key, str) for key in mapping):
        raise ValueError("JSON object keys must be strings")
    indices = [key for key in mapping if key[:1].isdecimal() and _is_array_index(key)]
    if not indices:
        return mapping
    return sorted(indices, key=int) + [key for key in mapping if key not in indices]


def _is_array_index(key: str) -> bool:
    return _ARRAY_INDEX.fullmatch(key) is not None and int(key) <= _MAX_ARRAY_INDEX


def _safe_integer(number: int) -> int:
    if abs(number) > MAX_SAFE_INTEGER:
        raise ValueError("integer is beyond what a JavaScript number holds exactly")
    return number
