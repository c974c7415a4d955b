"""Values of query parameters that several lists share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from gateway_core.domain.errors import GatewayError, bad_request

MIN_YEAR: Final = 1970
MAX_YEAR: Final = 9998  # a year to spare, so that no offset leads beyond the calendar
MAX_PREFIX_LENGTH: Final = 80
"""Longer than any id."""
NO_CHARACTER: Final = "\ufffd"
"""Stands for a NUL, which PostgreSQL's text cannot hold; in no id either."""

Choice = TypeVar("Choice", bound=StrEnum)


def choices(query: Mapping[str, str], name: str, known: type[Choice]) -> tuple[Choice, ...]:
    """The members of ``known`` in a comma list, each once; none when it is empty. BAD_REQUEST_ERROR for others."""
    text = query.get(name)
    if not text:
        return ()
    try:
        return tuple(dict.fromkeys(known(each) for each in text.split(",", 2 * len(known))))
    except ValueError:
        raise bad_request(f"{name} must be one of {', '.join(known)}", field=name) from None


def moment(text: str, name: str) -> datetime:
    """An RFC 3339 time with its zone, or BAD_REQUEST_ERROR."""
    text = text.upper()  # T and Z may be small (RFC 3339, 5.6)
    try:
        # A plus sign that was not percent-encoded arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise _no_moment(name) from None
    if found.tzinfo is None or not MIN_YEAR <= found.year <= MAX_YEAR:
        raise _no_moment(name)
    return found


def moment_of(query: Mapping[str, str], name: str) -> datetime | None:
    """The time in a query, None when it is empty or not there; BAD_REQUEST_ERROR when it is none."""
    text = query.get(name)
    return moment(text, name) if text else None


def prefix_of(query: Mapping[str, str], name: str) -> str | None:
    """The beginning of an id, None when it is empty or not there. Text that no id begins with finds nothing."""
    text = query.get(name, "").strip()
    return text.replace("\x00", NO_CHARACTER)[: MAX_PREFIX_LENGTH + 1] or None


def _no_moment(name: str) -> GatewayError:
    return bad_request(f"{name} must be an RFC 3339 time with a zone", field=name)
