"""Bodies are bounded in bytes, however they arrive."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import error_response
from api.middleware.body_limit import MAX_DISCARDED_BYTES, BodyLimit
from gateway_core.domain.errors import GatewayError

if TYPE_CHECKING:
    from tests.unit.conftest import Exchange

LIMIT = 10


CHUNKED = [(b"transfer-encoding", b"chunked")]


async def echo_length(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body's length, or with the refusal of it, as the application's handlers do."""
    try:
        length = len(await Request(scope, receive).body())
    except ClientDisconnect:
        return
    except GatewayError as error:
        await error_response(Request(scope), error)(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % length})


def limited() -> ASGIApp:
    return BodyLimit(echo_length, LIMIT)


def chunks(parts: Iterable[bytes]) -> list[Message]:
    messages: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = False
    return messages


async def endless() -> Message:
    return {"type": "http.request", "body": b"x" * 65536, "more_body": True}


async def test_a_body_within_the_limit_passes(make_exchange: type[Exchange]) -> None:
    exchange = make_exchange(chunks([b"x" * 4, b"y" * 6]))
    await exchange.run(limited(), headers=[(b"content-length", b"10")])
    assert (exchange.status, exchange.sent[1]["body"]) == (200, b"10")


async def test_a_chunked_body_beyond_it_is_refused_with_all_of_it_read(make_exchange: type[Exchange]) -> None:
    exchange = make_exchange(chunks([b"x" * 6] * 5))
    await exchange.run(limited(), headers=CHUNKED)
    assert (exchange.status, exchange.received) == (413, 5)
    assert json.loads(exchange.sent[1]["body"])["error"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_a_declared_body_beyond_it_is_refused_before_the_application_sees_it(
    make_exchange: type[Exchange],
) -> None:
    async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("called")

    exchange = make_exchange(chunks([b"x" * 11]))
    await exchange.run(BodyLimit(nobody, LIMIT), headers=[(b"content-length", b"11")])
    assert exchange.status == 413


@pytest.mark.parametrize("length", [b"9" * 30, b"-1", b"ten", b"1_0", b""])
async def test_an_absurd_length_is_refused(make_exchange: type[Exchange], length: bytes) -> None:
    exchange = make_exchange()
    await exchange.run(limited(), headers=[(b"content-length", length)])
    assert exchange.status == 413


async def test_an_endless_body_is_not_read_for_ever_and_ends_the_connection(
    make_exchange: type[Exchange],
) -> None:
    exchange = make_exchange(then=endless)
    await exchange.run(limited(), headers=CHUNKED)
    assert exchange.status == 413
    assert exchange.received <= MAX_DISCARDED_BYTES // 65536 + 2
    assert (b"connection", b"close") in exchange.sent[0]["headers"]


async def test_a_client_that_goes_away_leaves_nothing_behind(make_exchange: type[Exchange]) -> None:
    exchange = make_exchange([{"type": "http.request", "body": b"{", "more_body": True}])
    await exchange.run(limited(), headers=CHUNKED)
    assert (exchange.received, exchange.sent) == (2, [])
