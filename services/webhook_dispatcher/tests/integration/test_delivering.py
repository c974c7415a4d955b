"""From an event to the merchant: signatures, schedule, records, manual retries."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway_core.db.pool import transaction
from gateway_core.db.queries import events
from gateway_core.db.queries.events import NewEvent
from gateway_core.domain.events import EventType
from gateway_core.runtime.ids import new_id
from gateway_core.testing.answers import garbage, hang, huge, redirect, respond
from gateway_core.testing.processes import find_program
from gateway_core.testing.receiver import Receiver
from webhook_dispatcher.sender import MAX_STORED_BYTES

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

pytestmark = pytest.mark.integration

NODE = find_program("node")
NODE_TIMEOUT_S = 30
SEED_RECEIVER = Path(__file__).parents[4] / "core/tests/unit/domain/seed_receiver.js"
TEXTS = ["₹ 500", "🙂👩‍👩‍👧 🇮🇳", "שלום עולם", "مرحبا", "नमस्ते", "line\u2028break", '"quoted\\', "</script>"]


async def test_every_event_arrives_signed_with_its_exact_bytes(bench: Bench, receiver: Receiver) -> None:
    bodies = await bench.announce(await bench.merchant(receiver.url()), 20)
    async with bench.dispatching():
        await bench.until_status("success", 20)
    assert sorted(request.body for request in receiver.requests) == sorted(bodies)
    assert all(request.signed_by(bench.secret) for request in receiver.requests)
    assert all(request.standard_signed_by(bench.secret) for request in receiver.requests)
    assert {request.headers["X-Webhook-Event"] for request in receiver.requests} == {"webhook.test"}
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 20
    assert await bench.rows.violations() == {}


async def test_stored_bytes_are_sent_unchanged_on_every_attempt(bench: Bench, receiver: Receiver) -> None:
    """Bytes that no encoder would make again: spaces, order, escapes, a repeated name, a float."""
    body = b'{"z": 1.0,  "a":\t"\\u00e9 \\/", "z":10E2}'
    merchant_id = await bench.merchant(receiver.url())
    receiver.script(respond(500), then=respond(200))
    async with transaction(bench.pool) as conn:
        await events.append(conn, [NewEvent(merchant_id, EventType.WEBHOOK_TEST, new_id("test_"), body)])
    async with bench.dispatching(webhook_retry_intervals="1"):
        await bench.until_status("success")
    assert [request.body for request in receiver.requests] == [body, body]


@pytest.mark.skipif(NODE is None, reason="needs node")
async def test_the_seeds_receiver_accepts_every_text(bench: Bench, receiver: Receiver) -> None:
    merchant_id = await bench.merchant(receiver.url())
    for text in TEXTS:
        await bench.announce(merchant_id, data={"receipt": text, "notes": {"10": text, "2": {text: 1}}})
    async with bench.dispatching():
        await bench.until_status("success", len(TEXTS))
    lines = [
        f"{request.headers['X-Webhook-Signature']} {bench.secret} ".encode() + request.body
        for request in receiver.requests
    ]
    forged = lines[0].replace(b"receipt", b"reciept")
    verdicts = await asyncio.to_thread(seeds_verdicts, [*lines, forged])
    assert verdicts == ["true"] * len(TEXTS) + ["false"]


def seeds_verdicts(lines: list[bytes]) -> list[str]:
    """What the seed's ``verifyWebhook`` says of each parsed body; a line is signature, secret, body."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(SEED_RECEIVER)],
        input=b"\n".join(lines),
        capture_output=True,
        timeout=NODE_TIMEOUT_S,
        check=True,
    )
    return done.stdout.decode().split("\n")


async def test_five_attempts_on_schedule_then_failed(bench: Bench, receiver: Receiver) -> None:
    receiver.script(500, 503, redirect("/"), garbage(), 404)
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching():
        for attempts, gap_s in enumerate((60, 300, 1800, 7200), start=1):
            await bench.until_attempts(attempts)
            row = await bench.delivery()
            assert (row["status"], row["attempts"]) == ("pending", attempts)
            gap = row["next_retry_at"] - row["last_attempt_at"]
            jitter_s = min(gap_s / 10, 60)
            assert timedelta(seconds=gap_s) <= gap < timedelta(seconds=gap_s + jitter_s + 5)
            await bench.make_due()
        await bench.until_status("failed")
        await bench.make_due()
    row = await bench.delivery()
    assert (row["attempts"], row["response_code"], row["next_retry_at"]) == (5, 404, None)
    assert [attempt["attempt"] for attempt in await bench.attempts()] == [1, 2, 3, 4, 5]
    assert [attempt["response_code"] for attempt in await bench.attempts()] == [500, 503, 302, None, 404]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len({request.body for request in receiver.requests}) == 1
    assert receiver.total == 5


async def test_retry_after_of_a_receiver_is_respected(bench: Bench, receiver: Receiver) -> None:
    receiver.script(respond(503, headers={"Retry-After": "3600"}))
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching():
        await bench.until_attempts(1)
    row = await bench.delivery()
    gap = row["next_retry_at"] - row["last_attempt_at"]
    assert timedelta(seconds=3600) <= gap < timedelta(seconds=3605)


async def test_retries_come_by_themselves(bench: Bench, receiver: Receiver) -> None:
    receiver.script(500, 500, then=200)
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching(webhook_retry_intervals="1,1"):
        await bench.until_status("success")
    arrived = [request.at_s for request in receiver.requests]
    gaps = [later - earlier for earlier, later in itertools.pairwise(arrived)]
    assert len(gaps) == 2
    assert all(1 <= gap < 2.5 for gap in gaps)


async def test_the_response_is_stored_and_capped(bench: Bench, receiver: Receiver) -> None:
    receiver.script(respond(400, body=b"why\0 not"), huge(1 << 20, status=500), hang())
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching(webhook_timeout_s=0.5):
        for attempts in (1, 2, 3):
            await bench.until_attempts(attempts)
            await bench.make_due()
    first, second, third, *_ = await bench.attempts()
    assert (first["response_code"], first["response_body"]) == (400, "why not")
    assert (second["response_code"], second["response_body"]) == (500, "x" * MAX_STORED_BYTES)
    assert (third["response_code"], third["response_body"], third["error"]) == (None, None, "timeout")
    assert third["duration_ms"] >= 500
    assert third["url"] == receiver.url()


async def test_each_attempt_is_recorded_with_its_headers(bench: Bench, receiver: Receiver) -> None:
    receiver.script(respond(500, headers={"X-Trace": "ü ₹", "Set-Cookie": 'a="1"; \\'}), hang(), then=204)
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching(webhook_timeout_s=0.5):
        for attempts in (1, 2):
            await bench.until_attempts(attempts)
            await bench.make_due()
        await bench.until_status("success")
    first, second, third = await bench.attempts()
    arrived = [request.headers for request in receiver.requests]
    for attempt, headers in zip((first, second, third), arrived, strict=True):
        sent = attempt["request_headers"]
        assert sent.keys() > {"X-Webhook-Signature", "webhook-id", "webhook-timestamp", "webhook-signature"}
        assert all(headers[name] == value for name, value in sent.items())
    assert (first["response_headers"]["x-trace"], first["response_headers"]["set-cookie"]) == (
        "ü ₹",
        'a="1"; \\',
    )
    assert (second["response_headers"], second["error"]) == (None, "timeout")
    assert third["response_headers"].keys() >= {"server", "date"}
    assert await bench.rows.violations() == {}


async def test_a_manual_retry_restarts_from_zero_with_the_same_id(bench: Bench, receiver: Receiver) -> None:
    receiver.script(500, 500, then=200)
    merchant_id = await bench.merchant(receiver.url())
    await bench.announce(merchant_id)
    async with bench.dispatching(webhook_retry_intervals="1"):
        await bench.until_status("failed")
        await bench.retry(merchant_id, (await bench.delivery())["id"])
        await bench.until_status("success")
    assert (await bench.delivery())["attempts"] == 1
    assert [attempt["attempt"] for attempt in await bench.attempts()] == [1, 2, 1]
    assert [attempt["response_code"] for attempt in await bench.attempts()] == [500, 500, 200]
    assert ((await bench.delivery())["response_code"], await bench.rows.violations()) == (200, {})
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


async def test_a_manual_retry_beside_an_attempt_in_flight_leaves_two_records(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.script(respond(500, delay_s=1.0), then=200)
    merchant_id = await bench.merchant(receiver.url())
    await bench.announce(merchant_id)
    async with bench.dispatching():
        await receiver.wait_for(1)
        await bench.retry(merchant_id, (await bench.delivery())["id"])
        await bench.until_status("success")
        await bench.until_attempts(2)
    assert receiver.total == 2
    assert [attempt["response_code"] for attempt in await bench.attempts()] == [500, 200]
    assert ((await bench.delivery())["attempts"], await bench.rows.violations()) == (1, {})


async def test_a_receiver_that_is_gone_ends_the_attempts(bench: Bench, receiver: Receiver) -> None:
    receiver.script(410, then=200)
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching(webhook_retry_intervals="1"):
        await bench.until_status("failed")
    assert ((await bench.delivery())["attempts"], receiver.total) == (1, 1)


async def test_a_removed_url_cancels_the_delivery(bench: Bench, receiver: Receiver) -> None:
    receiver.script(500, then=200)
    merchant_id = await bench.merchant(receiver.url())
    await bench.announce(merchant_id)
    async with bench.dispatching():
        await bench.until_attempts(1)
        await bench.set_url(merchant_id, None)
        await bench.make_due()
        await bench.until_status("failed")
        row = await bench.delivery()
        assert (row["attempts"], row["last_error"], row["next_retry_at"]) == (1, "no_url", None)
        assert receiver.total == 1
        await bench.set_url(merchant_id, receiver.url())
        await bench.retry(merchant_id, row["id"])
        await bench.until_status("success")


async def test_a_changed_url_and_secret_hold_from_the_next_attempt(bench: Bench, receiver: Receiver) -> None:
    receiver.script(500, path="/old")
    merchant_id = await bench.merchant(receiver.url("/old"))
    await bench.announce(merchant_id)
    async with bench.dispatching():
        await bench.until_attempts(1)
        await bench.set_url(merchant_id, receiver.url("/new"))
        await bench.set_secret(merchant_id, "whsec_rotated")
        await bench.make_due()
        await bench.until_status("success")
    (request,) = receiver.received("/new")
    assert request.signed_by("whsec_rotated")
    assert not request.signed_by(bench.secret)
    assert request.standard_signed_by("whsec_rotated")
    assert request.standard_signed_by(bench.secret)


async def test_a_replaced_secret_signs_for_a_day(bench: Bench, receiver: Receiver) -> None:
    merchant_id = await bench.merchant(receiver.url())
    await bench.set_secret(merchant_id, "whsec_rotated")
    left_s = "SELECT extract(epoch FROM webhook_secret_previous_until - now())::float8 FROM merchants WHERE id = %s"
    assert 86_000 < await bench.rows.one(left_s, (merchant_id,)) <= 86_400
    await bench.rows.run("UPDATE merchants SET webhook_secret_previous_until = now()")
    await bench.announce(merchant_id)
    async with bench.dispatching():
        await bench.until_status("success")
    (request,) = receiver.requests
    assert request.standard_signed_by("whsec_rotated")
    assert not request.standard_signed_by(bench.secret)


async def test_a_blocked_address_is_an_attempt_on_record(bench: Bench, receiver: Receiver) -> None:
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching(webhook_allow_private=False):
        await bench.until_attempts(1)
    (attempt,) = await bench.attempts()
    assert (attempt["error"], attempt["response_code"]) == ("blocked_address", None)
    assert (await bench.delivery())["last_error"] == "blocked_address"
    assert receiver.total == 0
