"""Codes, statuses and what of an exception a caller may see."""

from __future__ import annotations

import json

import psycopg
import psycopg_pool
import pytest
from starlette.exceptions import HTTPException

from api.errors import STATUS, as_gateway_error, error_body
from gateway_core.domain.errors import ErrorCode, GatewayError, internal_error, invalid_vpa, not_found
from gateway_core.runtime.coalescer import CoalescerClosed, FlushFailed, Overloaded

CONTRACT = {
    "AUTHENTICATION_ERROR": 401,
    "FORBIDDEN_ERROR": 403,
    "NOT_FOUND_ERROR": 404,
    "BAD_REQUEST_ERROR": 400,
    "INVALID_VPA": 400,
    "INVALID_CARD": 400,
    "EXPIRED_CARD": 400,
    "IDEMPOTENCY_KEY_IN_USE": 409,
    "IDEMPOTENCY_KEY_REUSED": 422,
    "RATE_LIMIT_ERROR": 429,
    "SERVICE_UNAVAILABLE": 503,
    "INTERNAL_ERROR": 500,
    "METHOD_NOT_ALLOWED": 405,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}


def test_every_code_has_the_contracts_status() -> None:
    assert {code.value: status for code, status in STATUS.items()} == CONTRACT
    assert set(STATUS) == set(ErrorCode)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("server closed the connection"),
        psycopg.InterfaceError("the connection is closed"),
        psycopg.errors.LockNotAvailable(),
        psycopg.errors.QueryCanceled(),
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.AdminShutdown(),
        psycopg_pool.PoolTimeout("couldn't get a connection"),
        Overloaded(),
        CoalescerClosed(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_trouble_with_the_database_or_too_much_work_is_503_with_retry_after(error: Exception) -> None:
    shown = as_gateway_error(error)
    assert (shown.code, shown.retry_after_s) == (ErrorCode.SERVICE_UNAVAILABLE, 1)


@pytest.mark.parametrize(
    "error",
    [ValueError("4111"), psycopg.DataError("4111"), psycopg.errors.UniqueViolation(), FlushFailed("x")],
)
def test_what_nobody_expected_is_500_and_says_nothing(error: Exception) -> None:
    shown = as_gateway_error(error)
    assert json.loads(error_body(shown, "req_1")) == {
        "error": {"code": "INTERNAL_ERROR", "description": "Internal server error", "request_id": "req_1"}
    }


def test_a_refusal_stays_what_it_is() -> None:
    refusal = invalid_vpa()
    assert as_gateway_error(refusal) is refusal


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, ErrorCode.NOT_FOUND_ERROR),
        (405, ErrorCode.METHOD_NOT_ALLOWED),
        (400, ErrorCode.BAD_REQUEST_ERROR),
    ],
)
def test_the_frameworks_own_errors_get_codes(status: int, code: ErrorCode) -> None:
    assert as_gateway_error(HTTPException(status)).code is code


@pytest.mark.parametrize("error", [not_found("Order"), invalid_vpa()])
def test_equal_refusals_are_equal_bytes_whatever_the_request(error: GatewayError) -> None:
    assert error_body(error, "req_1") == error_body(error, "req_2")


def test_the_field_is_named_where_there_is_one() -> None:
    assert json.loads(error_body(invalid_vpa(), ""))["error"]["field"] == "vpa"
    assert "field" not in json.loads(error_body(internal_error(), ""))["error"]
