"""The event stream on real PostgreSQL and a real socket: complete, in time, one's own, bounded."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import psycopg
import pytest
import pytest_asyncio

from api.live import feed
from api.live.messages import Message as Sent
from gateway_core.runtime import http_protocol
from gateway_core.runtime.metrics import REGISTRY
from gateway_core.runtime.serving import Server, listen, make_public_server
from gateway_core.testing.factories import DEADLINE_S, eventually

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

STREAM = "/api/v1/events/stream"
Message = dict[str, Any]
Follow = Callable[..., Awaitable["Stream"]]
INSERT = """
    INSERT INTO events (merchant_id, type, subject_id, payload, published_at)
    VALUES (%s, 'payment.success', %s, %s, now()) RETURNING id
"""


class Stream:
    """One open stream, message by message."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def block(self, timeout_s: float = 5.0) -> bytes:
        """The next block of lines, comments included; empty at the end of the stream."""
        async with asyncio.timeout(timeout_s):
            try:
                return await self.response.content.readuntil(b"\n\n")
            except asyncio.IncompleteReadError as end:
                return end.partial

    async def message(self, timeout_s: float = 5.0) -> Message:
        """The next message, with its data read; comments and the opening are passed over."""
        while True:
            block = await self.block(timeout_s)
            assert block, "the stream is over"
            fields = dict(line.split(": ", 1) for line in block.decode().strip().split("\n"))
            if "data" in fields:
                return {**fields, "data": json.loads(fields["data"])}

    async def subject(self) -> str:
        """The id of the payment of the next message."""
        return str((await self.message())["data"]["data"]["payment"]["id"])


@pytest_asyncio.fixture
async def server(gateway: Gateway) -> AsyncIterator[Server]:
    made = make_public_server(gateway.app, stop_timeout_s=3.0, keep_alive_s=75, is_local=True, lifespan="on")
    serving = asyncio.create_task(made.serve([listen("127.0.0.1", 0)]))
    await eventually(lambda: made.started)
    yield made
    gateway.services.live.stop()
    made.should_exit = True
    await serving


@pytest_asyncio.fixture
async def follow(server: Server) -> AsyncIterator[Follow]:
    """Opens streams; they are closed after the test."""
    port = server.servers[0].sockets[0].getsockname()[1]
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(
                f"http://127.0.0.1:{port}", connector=connector, read_bufsize=4 * 1024 * 1024
            )
        )

        async def open_stream(headers: dict[str, str], **more: str) -> Stream:
            response = await session.get(STREAM, headers={**headers, **more})
            stack.callback(response.close)
            return Stream(response)

        yield open_stream


async def append(gateway: Gateway, subject: str, merchant_id: object = None) -> int:
    """Commit an event of a payment; returns its id."""
    parameters = (merchant_id or gateway.merchant_id, subject, _payload(subject))
    return int(await gateway.rows.one(INSERT, parameters))


def _payload(subject: str) -> bytes:
    return json.dumps({"event": "payment.success", "data": {"payment": {"id": subject}}}).encode()


@asynccontextmanager
async def uncommitted(database_url: str, merchant_id: object, subject: str) -> AsyncIterator[Any]:
    """A connection that has appended an event and not committed it yet."""
    async with await psycopg.AsyncConnection.connect(database_url) as conn:
        cursor = await conn.execute(INSERT, (merchant_id, subject, _payload(subject)))
        row = await cursor.fetchone()
        assert row is not None
        yield conn, row[0]


async def test_a_payment_reaches_an_open_page_as_it_was_committed(gateway: Gateway, follow: Follow) -> None:
    stream = await follow(gateway.headers)
    head = stream.response.headers
    assert (stream.response.status, head["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (head["cache-control"], head["x-accel-buffering"]) == ("no-store", "no")
    assert re.fullmatch(rb"id: \d+\nretry: 2000\n\n", await stream.block())
    payment = await gateway.payment()
    told = [await stream.message(), await stream.message()]
    assert [each["event"] for each in told] == ["payment", "payment"]
    assert [each["data"]["type"] for each in told] == ["payment.created", "payment.pending"]
    shown = told[0]["data"]["data"]["payment"]
    assert (shown["id"], shown["status"], shown["vpa"]) == (payment["id"], "pending", "user@paytm")
    ids = await gateway.rows.values("SELECT id FROM events ORDER BY id")
    assert [int(each["id"]) for each in told] == ids


async def test_within_300_ms_of_its_commit(gateway: Gateway, follow: Follow) -> None:
    stream = await follow(gateway.headers)
    delays_s = []
    for number in range(10):
        await append(gateway, f"pay_{number}")
        committed_s = time.monotonic()
        assert await stream.subject() == f"pay_{number}"
        delays_s.append(time.monotonic() - committed_s)
        await asyncio.sleep(0.037)
    assert sorted(delays_s)[5] < 0.3, delays_s
    assert max(delays_s) < 1.0


async def test_refunds_and_test_events_are_told_as_such(gateway: Gateway, follow: Follow) -> None:
    payment = await gateway.successful_payment()
    await gateway.rows.run("UPDATE merchants SET webhook_url = 'http://127.0.0.1:1/'")
    stream = await follow(gateway.headers)
    hostile = "x\n\nevent: payment\ndata: {}\u2028"
    await gateway.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 100, "reason": hostile})
    told = await stream.message()
    assert (told["event"], told["data"]["type"]) == ("refund", "refund.created")
    assert told["data"]["data"]["refund"]["reason"] == hostile
    await gateway.post("/api/v1/webhooks/test", {})
    told = await stream.message()
    assert (told["event"], told["data"]["type"]) == ("webhook", "webhook.test")


async def test_another_merchants_events_are_never_told(gateway: Gateway, follow: Follow) -> None:
    other_id = await gateway.add_other_merchant()
    own, other = await follow(gateway.headers), await follow(gateway.other_headers)
    first = await append(gateway, "pay_theirs", other_id)
    await append(gateway, "pay_mine")
    assert await own.subject() == "pay_mine"
    assert await other.subject() == "pay_theirs"
    # Neither when resuming, from an id that is not one's own.
    resumed = await follow(gateway.headers, **{"Last-Event-ID": str(first - 1)})
    assert await resumed.subject() == "pay_mine"
    resumed = await follow(gateway.headers, **{"Last-Event-ID": str(first)})
    assert await resumed.subject() == "pay_mine"


async def test_an_event_that_commits_late_with_a_smaller_id_is_told(
    gateway: Gateway, follow: Follow, database_url: str
) -> None:
    stream = await follow(gateway.headers)
    async with uncommitted(database_url, gateway.merchant_id, "pay_late") as (conn, late):
        assert await append(gateway, "pay_early") > late
        assert await stream.subject() == "pay_early"
        await append(gateway, "pay_next")
        assert await stream.subject() == "pay_next"
        await conn.commit()
    told = await stream.message()
    assert (told["id"], told["data"]["data"]["payment"]["id"]) == (str(late), "pay_late")


async def test_and_also_one_that_was_under_way_when_the_stream_opened(
    gateway: Gateway, follow: Follow, database_url: str
) -> None:
    async with uncommitted(database_url, gateway.merchant_id, "pay_late") as (conn, _):
        await append(gateway, "pay_before")
        stream = await follow(gateway.headers)
        await conn.commit()
    assert await stream.subject() == "pay_late"


async def test_a_rolled_back_event_holds_nothing_up(
    gateway: Gateway, follow: Follow, database_url: str
) -> None:
    stream = await follow(gateway.headers)
    async with uncommitted(database_url, gateway.merchant_id, "pay_never") as (conn, _):
        await append(gateway, "pay_1")
        assert await stream.subject() == "pay_1"
        await conn.rollback()
    await append(gateway, "pay_2")
    assert await stream.subject() == "pay_2"


async def test_a_reconnect_resumes_without_gap_or_repetition(gateway: Gateway, follow: Follow) -> None:
    stream = await follow(gateway.headers)
    await append(gateway, "pay_0")
    last = (await stream.message())["id"]
    stream.response.close()
    for number in range(1, 4):
        await append(gateway, f"pay_{number}")
    stream = await follow(gateway.headers, **{"Last-Event-ID": last})
    assert [await stream.subject() for _ in range(3)] == ["pay_1", "pay_2", "pay_3"]
    await append(gateway, "pay_4")
    assert await stream.subject() == "pay_4"


async def test_what_was_resumed_and_is_handed_out_as_well_is_told_once(gateway: Gateway) -> None:
    first = await append(gateway, "pay_0")
    service, subscription = gateway.services.live, feed.Subscription(gateway.merchant_id)
    resumed, new = Sent(id=first + 1), Sent(id=first + 2)
    subscription.offer(resumed)
    subscription.offer(new)

    async def always() -> bool:
        return True

    following = service._follow(subscription, {first + 1}, always)
    assert await anext(following) == new
    subscription.end()
    assert [message async for message in following] == []


async def test_what_committed_late_while_nobody_listened_is_resumed_too(
    gateway: Gateway, follow: Follow, database_url: str
) -> None:
    async with uncommitted(database_url, gateway.merchant_id, "pay_late") as (conn, late):
        stream = await follow(gateway.headers)
        await append(gateway, "pay_early")
        last = (await stream.message())["id"]
        stream.response.close()
        await conn.commit()
        # The relay publishes after the commit, as it did with the other one before.
        await gateway.rows.run("UPDATE events SET published_at = now() WHERE id = %s", (late,))
    stream = await follow(gateway.headers, **{"Last-Event-ID": last})
    assert await stream.subject() == "pay_late"


async def test_the_id_of_the_opening_resumes_before_anything_came(gateway: Gateway, follow: Follow) -> None:
    await append(gateway, "pay_before")
    opening = await (await follow(gateway.headers)).block()
    await append(gateway, "pay_missed")
    last = opening.decode().partition("id: ")[2].partition("\n")[0]
    stream = await follow(gateway.headers, **{"Last-Event-ID": last})
    assert await stream.subject() == "pay_missed"


@pytest.mark.parametrize("last", ["0", "999999999"])
async def test_who_missed_too_much_is_told_to_read_again(gateway: Gateway, follow: Follow, last: str) -> None:
    await append(gateway, "pay_old")
    await gateway.rows.run("ALTER TABLE events ALTER COLUMN id RESTART WITH 50000")
    await append(gateway, "pay_before")
    stream = await follow(gateway.headers, **{"Last-Event-ID": last})
    assert (await stream.message())["event"] == "reset"
    await append(gateway, "pay_new")
    assert await stream.subject() == "pay_new"


async def test_streams_are_bounded_per_merchant_and_places_come_back(
    gateway: Gateway, follow: Follow
) -> None:
    await gateway.add_other_merchant()
    streams = [await follow(gateway.headers) for _ in range(feed.MAX_STREAMS_PER_MERCHANT)]
    assert {stream.response.status for stream in streams} == {200}
    refused = (await follow(gateway.headers)).response
    assert (refused.status, refused.headers["retry-after"]) == (429, "5")
    assert (await refused.json())["error"]["code"] == "RATE_LIMIT_ERROR"
    assert (await follow(gateway.other_headers)).response.status == 200
    streams[0].response.close()

    async def taken_again() -> bool:
        return (await follow(gateway.headers)).response.status == 200

    await eventually(taken_again)


async def test_streams_are_bounded_in_all(
    gateway: Gateway, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_STREAMS", 2)
    statuses = [(await follow(gateway.headers)).response.status for _ in range(3)]
    assert statuses == [200, 200, 503]


async def test_only_with_credentials(gateway: Gateway, follow: Follow) -> None:
    refused = (await follow({"X-Api-Key": "key_test_abc123", "X-Api-Secret": "wrong"})).response
    assert (refused.status, refused.content_type) == (401, "application/json")


async def test_a_reader_that_reads_nothing_is_dropped_and_disturbs_nobody(
    gateway: Gateway, follow: Follow, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_WAITING", 5)
    monkeypatch.setattr(http_protocol, "TAKING_TIMEOUT_S", 0.5)
    port = server.servers[0].sockets[0].getsockname()[1]
    stuck = socket.create_connection(("127.0.0.1", port))
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lines = [
        f"GET {STREAM} HTTP/1.1",
        "Host: x",
        *(f"{name}: {value}" for name, value in gateway.headers.items()),
    ]
    stuck.sendall("\r\n".join([*lines, "", ""]).encode())
    reading = await follow(gateway.headers)
    await eventually(lambda: REGISTRY.get_sample_value("gateway_live_streams") == 2)
    big = json.dumps({"data": {"payment": {"id": "pay_big", "receipt": "x" * 1_000_000}}}).encode()
    for number in range(40):
        await gateway.rows.run(INSERT.replace("RETURNING id", ""), (gateway.merchant_id, f"p{number}", big))
        assert await reading.subject() == "pay_big"
        if REGISTRY.get_sample_value("gateway_live_streams") == 1:
            break
    await eventually(lambda: REGISTRY.get_sample_value("gateway_live_streams") == 1)
    # Its connection is gone, not waiting for a reader.
    await eventually(lambda: len(server.server_state.connections) == 1)
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stuck.close()


async def test_the_poller_works_only_while_somebody_listens(gateway: Gateway, follow: Follow) -> None:
    def pollers() -> int:
        return len([task for task in asyncio.all_tasks() if task.get_name() == "live events"])

    assert pollers() == 0
    first, second = await follow(gateway.headers), await follow(gateway.headers)
    assert pollers() == 1
    first.response.close()
    second.response.close()
    await eventually(lambda: pollers() == 0)
    third = await follow(gateway.headers)
    await append(gateway, "pay_again")
    assert await third.subject() == "pay_again"


async def test_a_stop_ends_streams_at_once_and_completely(
    gateway: Gateway, follow: Follow, server: Server
) -> None:
    streams = [await follow(gateway.headers) for _ in range(3)]
    for stream in streams:
        await stream.block()
    gateway.services.live.stop()
    server.should_exit = True
    assert [await stream.block() for stream in streams] == [b"", b"", b""]
    assert all(stream.response.content.exception() is None for stream in streams)
    await eventually(lambda: not server.server_state.connections)


async def test_head_is_answered_and_holds_nothing(gateway: Gateway, server: Server) -> None:
    port = server.servers[0].sockets[0].getsockname()[1]
    async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession(headers=gateway.headers) as session:
        async with session.head(f"http://127.0.0.1:{port}{STREAM}") as response:
            assert (response.status, response.content_type) == (200, "text/event-stream")
        async with session.head(f"http://127.0.0.1:{port}{STREAM}") as response:
            assert response.status == 200
    await eventually(lambda: REGISTRY.get_sample_value("gateway_live_streams") == 0)


async def test_an_idle_stream_is_kept_alive_and_ends_with_the_credentials(
    gateway: Gateway, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    monkeypatch.setattr(gateway.services.live, "_allowed_again_every_s", 0.3)
    stream = await follow(gateway.headers)
    assert b"retry" in await stream.block()
    assert [await stream.block() for _ in range(3)] == [b": ping\n\n"] * 3
    await gateway.rows.run("UPDATE merchants SET is_active = false")
    async with asyncio.timeout(DEADLINE_S):
        while await stream.block():
            pass


async def test_a_stream_ends_with_the_key_that_opened_it(
    gateway: Gateway, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.services.live, "_allowed_again_every_s", 0.1)
    await gateway.add_other_merchant()
    revoked, other = await follow(gateway.headers), await follow(gateway.other_headers)
    await gateway.rows.run(
        "UPDATE api_keys SET revoked_at = now() WHERE merchant_id = %s", (gateway.merchant_id,)
    )
    async with asyncio.timeout(DEADLINE_S):
        while await revoked.block():
            pass
    assert other.response.content.exception() is None
    assert not other.response.content.at_eof()
    assert revoked.response.content.at_eof()


async def test_a_signed_in_page_follows_until_it_signs_out(
    gateway: Gateway, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.services.live, "_allowed_again_every_s", 0.1)
    page = await gateway.sign_in()
    stream = await follow({"Cookie": page["Cookie"]}, **{"Sec-Fetch-Site": "same-origin"})
    await append(gateway, "pay_mine")
    assert await stream.subject() == "pay_mine"
    foreign = await follow({"Cookie": page["Cookie"]}, **{"Sec-Fetch-Site": "cross-site"})
    assert foreign.response.status == 403
    signed_out = await gateway.client.request("DELETE", "/api/v1/session", headers=page)
    assert signed_out.status_code == 204
    async with asyncio.timeout(DEADLINE_S):
        while await stream.block():
            pass
    assert stream.response.content.at_eof()


async def test_a_fault_of_ours_ends_streams_instead_of_leaving_them_silent(
    gateway: Gateway, follow: Follow
) -> None:
    stream = await follow(gateway.headers)
    await stream.block()
    await gateway.rows.run(
        "INSERT INTO events (merchant_id, type, subject_id, payload) VALUES (%s, 'payment.success', 'x', 'no JSON')",
        (gateway.merchant_id,),
    )
    assert await stream.block() == b""
    again = await follow(gateway.headers)
    await append(gateway, "pay_next")
    assert await again.subject() == "pay_next"


async def test_a_database_that_goes_away_ends_no_stream(gateway: Gateway, follow: Follow) -> None:
    stream = await follow(gateway.headers)
    await append(gateway, "pay_before")
    assert await stream.subject() == "pay_before"
    await gateway.rows.read(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def appended() -> int:
        try:
            return await append(gateway, "pay_after")
        except psycopg.OperationalError:
            return 0

    await eventually(appended)
    assert await stream.subject() == "pay_after"
