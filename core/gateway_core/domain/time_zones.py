"""Time zones of the IANA database."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway_core.domain.errors import bad_request

DEFAULT_TIME_ZONE: Final = "UTC"

_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]{0,31}(?:/[A-Z][A-Za-z0-9_+-]{0,31}){0,2}")


def check_time_zone(value: object) -> str:
    """The name of a zone, such as ``Asia/Kolkata``, or BAD_REQUEST_ERROR."""
    if isinstance(value, str) and _NAME.fullmatch(value):
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, OSError, ValueError):  # OSError: a folder of zones, such as "America"
            pass
    raise bad_request(
        "time_zone must be a name of the IANA database, such as Asia/Kolkata", field="time_zone"
    )


def zone_of(name: str) -> ZoneInfo:
    """The zone of a stored name; UTC if this system's database does not know it."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return ZoneInfo(DEFAULT_TIME_ZONE)
