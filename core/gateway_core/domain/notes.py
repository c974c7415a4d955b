"""A merchant's free-form `notes`: bounded, storable, and unchanged by any JSON parser."""

from __future__ import annotations

from typing import Final

from gateway_core.domain import v8_json
from gateway_core.domain.errors import GatewayError, bad_request
from gateway_core.domain.text import check_text

MAX_NOTES_KEYS: Final = 50
MAX_NOTES_KEY_LENGTH: Final = 256
MAX_NOTES_DEPTH: Final = 4
MAX_NOTES_BYTES: Final = 16 * 1024


def check_notes(value: object) -> dict[str, object]:
    """The notes of an order as given; `None` means none, and so does an empty array, as PHP writes an empty map.

    Raises BAD_REQUEST_ERROR unless they are an object of at most 50 keys of at most 256 characters, nested
    at most 4 deep (the object itself is the first level), of text, booleans, null and integers a JavaScript
    number represents exactly, and at most 16 KiB as JSON.
    """
    if value is None or value == []:
        return {}
    if not isinstance(value, dict):
        raise _refusal("notes must be an object")
    if len(value) > MAX_NOTES_KEYS:
        raise _refusal(f"notes must have at most {MAX_NOTES_KEYS} keys")
    _check_value(value, MAX_NOTES_DEPTH)
    if len(v8_json.encode(value)) > MAX_NOTES_BYTES:
        raise _refusal(f"notes must be at most {MAX_NOTES_BYTES} bytes of JSON")
    return value


def _check_value(value: object, levels_left: int) -> None:
    match value:
        case None | bool():
            return
        case str():
            check_text(value, "notes", MAX_NOTES_BYTES)
        case int():
            _check_integer(value)
        case float():
            raise _refusal("notes numbers must be integers; send decimals as strings")
        case dict() | list() if levels_left == 0:
            raise _refusal(f"notes must be nested at most {MAX_NOTES_DEPTH} levels deep")
        case dict():
            _check_object(value, levels_left)
        case list():
            for item in value:
                _check_value(item, levels_left - 1)
        case _:
            raise _refusal("notes must be JSON")


def _check_object(value: dict[object, object], levels_left: int) -> None:
    for key, item in value.items():
        check_text(key, "notes key", MAX_NOTES_KEY_LENGTH)
        _check_value(item, levels_left - 1)


def _check_integer(number: int) -> None:
    if abs(number) > v8_json.MAX_SAFE_INTEGER:
        raise _refusal(
            f"notes integers must be within ±{v8_json.MAX_SAFE_INTEGER}; send larger ones as strings"
        )


def _refusal(description: str) -> GatewayError:
    return bad_request(description, field="notes")
