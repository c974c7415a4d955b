from __future__ import annotations

import asyncio
import hashlib
import hmac
import time

import aiohttp
import pytest

from gateway_core.domain.signing import standard_webhooks_signatures
from gateway_core.testing.answers import garbage, hang, huge, redirect, reset, respond, slow_body
from gateway_core.testing.receiver import Receiver

pytestmark = pytest.mark.integration

BODY = '{"event":"payment.created","data":{"note":"₹"}}'.encode()
SECRET = "whsec_test_abc123"


async def post(
    receiver: Receiver, path: str = "/webhook", *, timeout_s: float = 5, headers: dict[str, str] | None = None
) -> int:
    """The status, once the whole body was read."""
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        answer = session.post(receiver.url(path), data=BODY, headers=headers, allow_redirects=False)
        async with answer as response:
            await response.read()
            return response.status


async def test_requests_are_recorded_as_they_came(receiver: Receiver) -> None:
    assert await post(receiver, "/hook", headers={"X-Any": "1"}) == 200
    (request,) = await receiver.wait_for(1)
    assert (request.method, request.path, request.body) == ("POST", "/hook", BODY)
    assert request.headers["x-any"] == "1"
    assert request.event == "payment.created"
    assert abs(request.at_s - time.time()) < 5


async def test_scripted_answers_come_in_turn_per_path(receiver: Receiver) -> None:
    receiver.script(500, respond(503, headers={"Retry-After": "7"}), then=204)
    receiver.script(410, path="/other")
    assert [await post(receiver) for _ in range(4)] == [500, 503, 204, 204]
    assert [await post(receiver, "/other") for _ in range(2)] == [410, 200]
    assert len(receiver.received("/other")) == 2


async def test_an_answer_may_take_its_time(receiver: Receiver) -> None:
    receiver.script(respond(delay_s=0.2))
    started_s = time.monotonic()
    await post(receiver)
    assert time.monotonic() - started_s >= 0.2


async def test_a_redirect_names_its_target(receiver: Receiver) -> None:
    receiver.script(redirect("/elsewhere"))
    assert await post(receiver) == 302


async def test_a_hanging_answer_holds_up_neither_others_nor_the_end() -> None:
    async with Receiver() as receiver:
        receiver.script(hang(), path="/stuck")
        stuck = asyncio.create_task(post(receiver, "/stuck"))
        await receiver.wait_for(1)
        assert await post(receiver) == 200
        started_s = time.monotonic()
    assert time.monotonic() - started_s < 2
    with pytest.raises(aiohttp.ClientError):
        await stuck


async def test_a_reset_breaks_the_connection(receiver: Receiver) -> None:
    receiver.script(reset())
    with pytest.raises(aiohttp.ClientError):
        await post(receiver)
    assert await post(receiver) == 200


async def test_garbage_is_no_http(receiver: Receiver) -> None:
    receiver.script(garbage())
    with pytest.raises(aiohttp.ClientError):
        await post(receiver)


async def test_a_huge_body_has_the_announced_length(receiver: Receiver) -> None:
    receiver.script(huge(300_000))
    async with aiohttp.ClientSession() as session, session.post(receiver.url()) as response:
        assert len(await response.read()) == 300_000


async def test_a_slow_body_outlasts_every_single_read(receiver: Receiver) -> None:
    receiver.script(slow_body(chunks=100, every_s=0.05))
    with pytest.raises(TimeoutError):
        await post(receiver, timeout_s=0.3)


async def test_signatures_are_checked_on_demand(receiver: Receiver) -> None:
    signature = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    standard = " ".join(standard_webhooks_signatures("msg_1", 1_700_000_000, BODY, SECRET))
    headers = {
        "X-Webhook-Signature": signature,
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,other {standard}",
    }
    await post(receiver, headers=headers)
    (request,) = await receiver.wait_for(1)
    assert request.signed_by(SECRET)
    assert request.standard_signed_by(SECRET)
    assert not request.signed_by("whsec_other")
    assert not request.standard_signed_by("whsec_other")


async def test_an_unsigned_request_is_not_signed(receiver: Receiver) -> None:
    await post(receiver)
    (request,) = await receiver.wait_for(1)
    assert not request.signed_by(SECRET)


async def test_waiting_for_too_many_says_how_many_came(receiver: Receiver) -> None:
    await post(receiver)
    with pytest.raises(AssertionError, match="1 of 2 requests arrived"):
        await receiver.wait_for(2, timeout_s=0.1)
