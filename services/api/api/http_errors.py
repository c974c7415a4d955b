"""The one table from error codes to HTTP statuses, and the one place where exceptions become codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson
from starlette.exceptions import HTTPException

from gateway_core.db import pool
from gateway_core.domain.errors import (
    ErrorCode,
    GatewayError,
    bad_request,
    internal_error,
    method_not_allowed,
    not_found,
    service_unavailable,
)
from gateway_core.runtime.coalescer import CoalescerClosed, Overloaded

STATUS: Final[Mapping[ErrorCode, int]] = {
    ErrorCode.AUTHENTICATION_ERROR: 401,
    ErrorCode.FORBIDDEN_ERROR: 403,
    ErrorCode.NOT_FOUND_ERROR: 404,
    ErrorCode.BAD_REQUEST_ERROR: 400,
    ErrorCode.INVALID_VPA: 400,
    ErrorCode.INVALID_CARD: 400,
    ErrorCode.EXPIRED_CARD: 400,
    ErrorCode.IDEMPOTENCY_KEY_IN_USE: 409,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: 422,
    ErrorCode.RATE_LIMIT_ERROR: 429,
    ErrorCode.SERVICE_UNAVAILABLE: 503,
    ErrorCode.INTERNAL_ERROR: 500,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.PAYLOAD_TOO_LARGE: 413,
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: 415,
}

# PostgreSQL away, restarting or too slow (locks and timeouts included); the pool or a queue full.
UNAVAILABLE: Final = (*pool.UNAVAILABLE, Overloaded, CoalescerClosed)


def as_gateway_error(error: Exception) -> GatewayError:
    """What the caller may know of ``error``."""
    match error:
        case GatewayError():
            return error
        case HTTPException(status_code=404):
            return not_found("Route")
        case HTTPException(status_code=405):
            return method_not_allowed()
        case HTTPException(status_code=400):
            return bad_request("Bad request")
        case _ if isinstance(error, UNAVAILABLE):
            return service_unavailable()
        case _:
            return internal_error()


def error_body(error: GatewayError, request_id: str) -> bytes:
    """The contract's error shape. Only a 500 names its request: elsewhere equal refusals are equal bytes."""
    content: dict[str, str] = {"code": error.code, "description": error.description}
    if error.field is not None:
        content["field"] = error.field
    if error.code is ErrorCode.INTERNAL_ERROR:
        content["request_id"] = request_id
    return orjson.dumps({"error": content})
