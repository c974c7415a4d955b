"""Authentication of the cardholder: a one-time code, at most three attempts, ten minutes (as EMV 3-D Secure does)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway_core.domain.errors import bad_request
from gateway_core.domain.payment import PaymentStatus

AUTHENTICATION_WINDOW_S: Final = 600
MAX_AUTHENTICATION_ATTEMPTS: Final = 3

_CODE = re.compile(r"[0-9]{6}")


class Authentication(StrEnum):
    """State of a payment that requires a code; other payments have none."""

    REQUIRED = "required"
    PASSED = "passed"
    FAILED = "failed"


def awaits_code(
    status: PaymentStatus, authentication: Authentication | None, created_at: datetime, now: datetime
) -> bool:
    """Whether the payer may still enter the code of a payment made at `created_at`. Times are aware."""
    if status is not PaymentStatus.PENDING or authentication is not Authentication.REQUIRED:
        return False
    return now < created_at + timedelta(seconds=AUTHENTICATION_WINDOW_S)


def check_code(value: object) -> str:
    """Six digits, or BAD_REQUEST_ERROR: text of another form does not count as an attempt."""
    if isinstance(value, str) and _CODE.fullmatch(value):
        return value
    raise bad_request("otp must be 6 digits", field="otp")
