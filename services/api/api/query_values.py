"""Values of query parameters that several lists share."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from pydantic import BeforeValidator, Field, ValidationInfo

from gateway_core.domain.errors import GatewayError, bad_request

FIRST_MOMENT: Final = datetime.min.replace(tzinfo=UTC)
LAST_MOMENT: Final = datetime.max.replace(tzinfo=UTC)
MAX_PREFIX_LENGTH: Final = 80
"""Longer than any id."""
NO_CHARACTER: Final = "\ufffd"
"""Stands for a NUL, which PostgreSQL's text cannot hold; in no id either."""

Choice = TypeVar("Choice", bound=StrEnum)


def choices_of(known: type[Choice]) -> BeforeValidator:
    """Checks a repeated parameter, or commas within one: members of ``known``, each once; an empty value is none."""

    def check(values: object, info: ValidationInfo) -> list[Choice]:
        text = ",".join(values) if isinstance(values, list) else ""
        try:
            return (
                list(dict.fromkeys(known(each) for each in text.split(",", 2 * len(known)))) if text else []
            )
        except ValueError:
            raise bad_request(
                f"{info.field_name} must be one of {', '.join(known)}", field=info.field_name
            ) from None

    return BeforeValidator(check)


def moment(text: str, name: str) -> datetime:
    """An RFC 3339 time with its zone, in UTC, or BAD_REQUEST_ERROR. Years end at 1 and 9999, also in UTC."""
    text = text.upper()  # T and Z may be small (RFC 3339, 5.6)
    try:
        # A plus sign that was not percent-encoded arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise _no_moment(name) from None
    if found.tzinfo is None:
        raise _no_moment(name)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return FIRST_MOMENT if found.year == 1 else LAST_MOMENT


def _check_moment(value: object, info: ValidationInfo) -> datetime | None:
    name = info.field_name or "time"
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise _no_moment(name)
    return moment(value, name)


Moment = Annotated[datetime | None, BeforeValidator(_check_moment), Field(examples=["2024-01-15T00:00:00Z"])]
"""An optional RFC 3339 time; an empty value is none."""


def prefix(text: str) -> str | None:
    """The beginning of an id, None when it is empty. Text that no id begins with finds nothing."""
    return text.strip().replace("\x00", NO_CHARACTER)[: MAX_PREFIX_LENGTH + 1] or None


def _no_moment(name: str) -> GatewayError:
    return bad_request(f"{name} must be an RFC 3339 time with a zone", field=name)
