"""Errors on the wire (contract, "Errors"): one table of statuses feeds the handlers and the OpenAPI document."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from api.strict_json import MALFORMED, check_content_type
from gateway_core.db import pool
from gateway_core.domain.errors import (
    ErrorCode,
    GatewayError,
    authentication_failed,
    bad_request,
    cross_site_refused,
    idempotency_key_in_use,
    idempotency_key_reused,
    internal_error,
    invalid_card,
    invalid_payment_method,
    invalid_vpa,
    method_not_allowed,
    not_found,
    payload_too_large,
    service_unavailable,
    session_required,
    unsupported_media_type,
)
from gateway_core.runtime.coalescer import CoalescerClosed, Overloaded

MAX_BODY_BYTES: Final = 64 * 1024
EXAMPLE_REQUEST_ID: Final = "req_5f2b8c1d9e3a7460b2c4d6e8"

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

# Which errors an operation has because of what it takes.
ANY_ERRORS: Final = (
    bad_request("Unknown query parameter: this request takes none"), internal_error(), service_unavailable(),
)  # fmt: skip
MERCHANT_ERRORS: Final = (authentication_failed(), cross_site_refused())
SESSION_ERRORS: Final = (*MERCHANT_ERRORS, session_required())
BODY_ERRORS: Final = (
    bad_request(MALFORMED), payload_too_large(MAX_BODY_BYTES), unsupported_media_type(),
)  # fmt: skip
KEY_ERRORS: Final = (idempotency_key_in_use(), idempotency_key_reused("body"), idempotency_key_reused("path"))

# A field that is missing is refused like one that is wrong.
_OF_FIELD: Final[Mapping[str, GatewayError]] = {
    "card": invalid_card(), "method": invalid_payment_method(), "vpa": invalid_vpa(),
}  # fmt: skip
_OF_FRAMEWORK: Final[Mapping[int, GatewayError]] = {
    400: bad_request("Bad request"), 404: not_found("Route"), 405: method_not_allowed(),
}  # fmt: skip

_log = logging.getLogger(__name__)


class ErrorDetail(BaseModel):
    """The error."""

    code: str
    description: Annotated[str, Field(description="A text for people. It never repeats input.")]
    field: Annotated[str | None, Field(description="The request field or header that was refused.")] = None
    request_id: Annotated[
        str | None, Field(description="Only on INTERNAL_ERROR: the id to give to support.")
    ] = None


class Error(BaseModel):
    """Every error response has this shape."""

    error: ErrorDetail


def responses(*errors: GatewayError) -> dict[int | str, dict[str, Any]]:
    """``responses=`` of a router or an operation that may raise ``errors``: one entry a status, an example an error."""
    documented: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = documented.setdefault(
            STATUS[error.code],
            {"model": Error, "content": {"application/json": {"examples": {}}}},
        )
        examples = entry["content"]["application/json"]["examples"]
        number = sum(name.startswith(error.code) for name in examples) + 1
        name = error.code if number == 1 else f"{error.code}_{number}"
        examples[str(name)] = {"value": orjson.loads(error_body(error, EXAMPLE_REQUEST_ID))}
        if error.retry_after_s is not None:
            entry["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return documented


def error_body(error: GatewayError, request_id: str) -> bytes:
    """The contract's error shape. Only a 500 names its request: elsewhere equal refusals are equal bytes."""
    content: dict[str, str] = {"code": error.code, "description": error.description}
    if error.field is not None:
        content["field"] = error.field
    if error.code is ErrorCode.INTERNAL_ERROR:
        content["request_id"] = request_id
    return orjson.dumps({"error": content})


def error_response(
    request: Request, error: GatewayError, headers: Mapping[str, str] | None = None
) -> Response:
    """``error`` as a response to ``request``."""
    sent = dict(headers or {})
    if error.retry_after_s is not None:
        sent["Retry-After"] = str(error.retry_after_s)
    body = error_body(error, request.scope.get("request_id", ""))
    return Response(body, STATUS[error.code], sent, "application/json")


def as_gateway_error(error: Exception) -> GatewayError:
    """What the caller may know of ``error``."""
    match error:
        case GatewayError():
            return error
        case RequestValidationError():
            return _of_validation(error)
        case HTTPException() if error.status_code in _OF_FRAMEWORK:
            return _OF_FRAMEWORK[error.status_code]
        case _ if isinstance(error, UNAVAILABLE):
            return service_unavailable()
        case _:
            return internal_error()


def add_error_handlers(app: FastAPI) -> None:
    """Answers every exception of ``app`` in the contract's shape; what nobody expected is logged."""
    for kind in (GatewayError, RequestValidationError, HTTPException, *UNAVAILABLE):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, exception: Exception) -> Response:
    if isinstance(exception, RequestValidationError) and _is_about_missing_body(exception):
        exception = _of_missing_body(request)
    error = as_gateway_error(exception)
    if error.code is ErrorCode.SERVICE_UNAVAILABLE:
        _log.warning("unavailable: %s", type(exception).__name__)
    allowed = {"Allow": allowed_methods(request)} if error.code is ErrorCode.METHOD_NOT_ALLOWED else None
    return error_response(request, error, allowed)


def allowed_methods(request: Request) -> str:
    """Every method of the path's template, while the framework names only those of the first route that has it."""
    templates: dict[str, set[str]] = {}
    for route in iter_route_contexts(request.app.routes):
        if route.path is not None and compile_path(route.path)[0].match(request.scope["path"]):
            templates.setdefault(route.path, set()).update(route.methods or ())
    methods = next(iter(templates.values()), set())
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def internal_error_response(request: Request, exception: Exception) -> Response:
    """500 for what no handler expected, which is logged without the request's content."""
    about = {"payment_id": request.scope.get("path_params", {}).get("payment_id")}
    _log.error("unexpected %s", type(exception).__name__, exc_info=exception, extra=about)
    return error_response(request, internal_error())


def _of_validation(invalid: RequestValidationError) -> GatewayError:
    """The first fault, without the input: it may hold a card number."""
    fault = invalid.errors()[0]
    if fault["type"].startswith("union_tag"):
        return invalid_payment_method()
    field = str(fault["loc"][-1])
    known = _OF_FIELD.get(field)
    return known or bad_request(
        f"{field} {'is required' if fault['type'] == 'missing' else 'is invalid'}", field=field
    )


def _is_about_missing_body(invalid: RequestValidationError) -> bool:
    first = invalid.errors()[0]
    return bool(first["loc"] == ("body",) and first["type"] == "missing")


def _of_missing_body(request: Request) -> GatewayError:
    try:
        check_content_type(request.headers.get("content-type"))
    except GatewayError as refusal:
        return refusal
    return bad_request(MALFORMED)
