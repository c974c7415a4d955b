"""The benchmark's own tools count what arrived."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import cast
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.http1 import MAX_MESSAGE_BYTES, Messages, header, render
from benchmarks.load import Exchange, load
from benchmarks.postgres_proxy import PostgresProxy
from benchmarks.profiles import summary
from benchmarks.receiver import Tally
from benchmarks.report import Report, Row

SECRET = b"whsec_test_abc123"
MESSAGES = [
    (b"POST / HTTP/1.1\r\nContent-Length: 5", b"12345"),
    (b"GET / HTTP/1.1\r\nHost: x", b""),
    (b"A\r\ncontent-length:2", b"\r\n"),
]
STREAM = b"".join(head + b"\r\n\r\n" + body for head, body in MESSAGES)


@given(st.lists(st.integers(0, len(STREAM))))
def test_messages_are_cut_whatever_way_they_come(cuts: list[int]) -> None:
    messages = Messages()
    edges = [0, *sorted(cuts), len(STREAM)]
    assert [one for start, end in pairwise(edges) for one in messages.feed(STREAM[start:end])] == MESSAGES


def test_a_message_is_bounded() -> None:
    with pytest.raises(ValueError, match="bounds"):
        Messages().feed(b"x" * (MAX_MESSAGE_BYTES + 1))


def test_headers_are_found_in_any_case() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Some: thing\r\nCONTENT-LENGTH:  7 "
    assert header(head, b"content-length:") == b"7"
    assert header(head, b"x-some:") == b"thing"
    assert header(head, b"missing:") == b""


def webhook(event: str, subject_id: str) -> tuple[bytes, bytes]:
    body = json.dumps({"event": event, "data": {event.partition(".")[0]: {"id": subject_id}}}).encode()
    return b"POST /\r\nX-Webhook-Signature: " + hmac.digest(SECRET, body, "sha256").hex().encode(), body


def test_a_payment_is_complete_once_all_three_events_were_verified() -> None:
    tally = Tally(SECRET)
    first_two = [webhook(event, "pay_1") for event in ("payment.created", "payment.pending")]
    assert all(tally.take(*message) for message in [*first_two, *first_two])
    assert tally.complete["payment"] == 0
    assert tally.take(*webhook("payment.success", "pay_1"))
    assert tally.take(*webhook("payment.success", "pay_1"))
    assert tally.take(*webhook("payment.failed", "pay_2"))
    assert (tally.complete, tally.verified, tally.refused) == ({"payment": 1, "refund": 0}, 7, 0)


def test_a_refund_is_complete_once_both_events_were_verified() -> None:
    tally = Tally(SECRET)
    assert tally.take(*webhook("refund.processed", "rfnd_1"))
    assert tally.complete["refund"] == 0
    assert tally.take(*webhook("refund.created", "rfnd_1"))
    assert tally.complete == {"payment": 0, "refund": 1}


def test_a_signature_that_does_not_hold_counts_for_nothing() -> None:
    tally = Tally(SECRET)
    head, body = webhook("payment.success", "pay_1")
    assert not tally.take(head, body + b" ")
    assert not tally.take(b"POST /", body)
    assert (tally.verified, tally.refused) == (0, 2)


def test_a_request_says_its_own_length() -> None:
    [(head, body)] = Messages().feed(
        render("POST", "/x", '{"name": "café"}', headers={"X-Key": "k"}).encode()
    )
    assert head.startswith(b"POST /x HTTP/1.1\r\n")
    assert json.loads(body) == {"name": "café"}
    assert header(head, b"x-key:") == b"k"


OK = b"HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n" + b'"id":"a_1"'


class Answering(asyncio.Protocol):
    """Answers whatever it is sent with ``OK``."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(OK)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Of a server of :class:`Answering`."""
    async with await asyncio.get_running_loop().create_server(Answering, "127.0.0.1") as server:
        yield server.sockets[0].getsockname()[1]


async def test_every_correct_answer_is_counted_once(port: int) -> None:
    result = await load(port, [Exchange(render("GET", "/"), "201", '"id":"a_1"')] * 20, clients=4, seconds=10)
    assert result.answers == 20


@pytest.mark.parametrize(("status", "part"), [("200", '"id":"a_1"'), ("201", '"id":"a_2"')])
async def test_a_wrong_answer_fails_the_run_and_is_shown(port: int, status: str, part: str) -> None:
    with pytest.raises(RuntimeError, match='201 "id":"a_1"'):
        await load(port, [Exchange(render("GET", "/"), status, part)], clients=1, seconds=10)


def test_a_row_compares_round_by_round(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    for bare, this, other in ((100.0, 50.0, 10.0), (200.0, 120.0, 20.0), (50.0, 20.0, 5.0)):
        for name, value in (("bare", bare), ("this", this), ("old", other)):
            report.add("reads/s", name, value)
    report.show([Row("reads/s", "0.2", "bare", at_least=0.5)], ["this", "old"])
    _, bare_line, this_line, old_line = capsys.readouterr().out.splitlines()
    assert bare_line.split() == ["reads/s", "bare", "100", "50–200"]
    assert this_line.split() == [
        "this",
        "50",
        "20–120",
        "0.50",
        "5.00",
        "÷",
        "bare",
        "≥",
        "0.5",
        "met",
        "[0.2]",
    ]
    assert old_line.split() == ["old", "10", "5–20", "0.10"]


def test_a_profile_counts_a_function_once_a_stack() -> None:
    lines = summary("run (a.py);walk (a.py);walk (a.py) 3\nrun (a.py) 1\n").splitlines()
    assert lines[0] == "4 samples"
    assert lines[3:5] == [" 75.0%  walk (a.py)", " 25.0%  run (a.py)"]
    assert lines[7:9] == ["100.0%  run (a.py)", " 75.0%  walk (a.py)"]


async def test_the_proxy_counts_round_trips_and_transactions(database_url: str) -> None:
    address = urlsplit(database_url)
    proxy = PostgresProxy(address.port or 0)
    url = database_url.replace(f":{address.port}/", f":{await proxy.listen()}/")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await conn.execute("SELECT 1")
        await conn.execute("SELECT %s::int", (2,))
        assert (proxy.round_trips, proxy.transactions) == (2, 2)
        async with conn.transaction():
            await conn.execute("SELECT 3")
        assert (proxy.round_trips, proxy.transactions) == (5, 3)
        async with conn.pipeline(), conn.transaction():
            await conn.execute("SELECT 4")
        assert proxy.transactions == 4
    await proxy.close()
