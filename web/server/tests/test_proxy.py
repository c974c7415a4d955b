"""Requests to the API and its responses: unchanged, streamed, bounded, and a clear error while it is down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from web_stubs import Upstream

from web_server import proxy as proxy_module
from web_server.proxy import MAX_BODY_BYTES, ApiProxy

STREAM = {"content-type": "text/event-stream"}
PATIENCE_S = 5.0


@pytest.fixture
async def browser(proxy: ApiProxy) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(proxy, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://dash") as made:
        yield made


class Connection:
    """One request over bare ASGI: pieces of the answer as they come, and a browser that may go."""

    def __init__(self, app: ApiProxy, path: str = "/api/v1/events/stream") -> None:
        self.sent: list[dict[str, Any]] = []
        self._arrived = asyncio.Condition()
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._incoming.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [], "client": ("127.0.0.1", 1),
        }  # fmt: skip
        self.task = asyncio.create_task(app(scope, self._incoming.get, self._send))

    async def _send(self, message: Any) -> None:
        async with self._arrived:
            self.sent.append(message)
            self._arrived.notify_all()

    async def received(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(PATIENCE_S), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= count)
        return self.sent

    def go(self) -> None:
        self._incoming.put_nowait({"type": "http.disconnect"})

    async def end(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.task


async def test_a_request_passes_unchanged(browser: httpx.AsyncClient, upstream: Upstream) -> None:
    path = "/api/v1/payments/a%2Fb%20c?status=success,failed&q=%F0%9F%8D%B5&x="
    answer = await browser.put(path, content=b'{"a": 1}', headers={"X-Api-Key": "key", "Cookie": "a=b"})
    assert answer.status_code == 200
    (asked,) = upstream.asked
    assert (asked.method, asked.url.raw_path.decode()) == ("PUT", path)
    assert (asked.url.host, asked.headers["host"]) == ("api", "api")
    assert asked.content == b'{"a": 1}'
    assert asked.headers["content-length"] == "8"
    assert (asked.headers["x-api-key"], asked.headers["cookie"]) == ("key", "a=b")


async def test_the_clients_address_is_appended(browser: httpx.AsyncClient, upstream: Upstream) -> None:
    await browser.get("/api/v1/session")
    await browser.get("/api/v1/session", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.1"})
    seen = [request.headers["x-forwarded-for"] for request in upstream.asked]
    assert seen == ["203.0.113.9", "198.51.100.1, 192.0.2.1, 203.0.113.9"]


async def test_headers_of_one_connection_stay_there(browser: httpx.AsyncClient, upstream: Upstream) -> None:
    sent = {"Connection": "keep-alive, X-Hop", "X-Hop": "1", "TE": "trailers", "Upgrade": "h2c", "X-End": "1"}
    upstream.answer = lambda: httpx.Response(
        200, headers={"Connection": "close", "Keep-Alive": "timeout=5", "X-End": "2"}, content=b"{}"
    )
    answer = await browser.get("/api/v1/session", headers=sent)
    (asked,) = upstream.asked
    assert not {"connection", "x-hop", "te", "upgrade"} & set(asked.headers)
    assert asked.headers["x-end"] == "1"
    assert not {"connection", "keep-alive"} & set(answer.headers)
    assert answer.headers["x-end"] == "2"


async def test_an_answer_passes_unchanged(browser: httpx.AsyncClient, upstream: Upstream) -> None:
    cookies = [("Set-Cookie", "a=1; HttpOnly"), ("Set-Cookie", "b=2"), ("Location", "/api/v1/x")]
    body = b"not really gzip"
    upstream.answer = lambda: httpx.Response(
        303,
        headers=[*cookies, ("Content-Encoding", "br"), ("Content-Length", str(len(body)))],
        stream=httpx.ByteStream(body),
    )
    async with browser.stream("GET", "/api/v1/x") as answer:
        received = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert (answer.status_code, received) == (303, body)
    assert answer.headers.get_list("set-cookie") == ["a=1; HttpOnly", "b=2"]
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["content-length"] == str(len(body))
    assert len(upstream.asked) == 1


async def test_no_cookie_is_kept_for_another_browser(browser: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.answer = lambda: httpx.Response(200, headers={"Set-Cookie": "gateway_session=secret"})
    await browser.post("/api/v1/session")
    browser.cookies.clear()
    await browser.get("/api/v1/session")
    assert "cookie" not in upstream.asked[1].headers


async def test_a_large_body_is_refused_before_the_api(browser: httpx.AsyncClient, upstream: Upstream) -> None:
    assert (await browser.post("/api/v1/orders", content=b"x" * MAX_BODY_BYTES)).status_code == 200
    answer = await browser.post("/api/v1/orders", content=b"x" * (MAX_BODY_BYTES + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "BAD_REQUEST_ERROR")
    assert len(upstream.asked) == 1


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (httpx.ConnectError("refused"), 503),
        (httpx.ConnectTimeout("slow"), 503),
        (httpx.PoolTimeout("full"), 503),
        (httpx.ReadTimeout("silent"), 503),
        (httpx.RemoteProtocolError("nonsense"), 502),
        (httpx.ReadError("reset"), 502),
    ],
)
async def test_a_missing_api_is_a_clear_error(
    browser: httpx.AsyncClient, upstream: Upstream, fault: Exception, status: int
) -> None:
    upstream.fault = fault
    answer = await browser.get("/api/v1/session")
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == "SERVICE_UNAVAILABLE"
    assert error["description"].startswith("The API")
    assert ("retry-after" in answer.headers) is (status == 503)


async def test_events_pass_one_by_one(proxy: ApiProxy, upstream: Upstream) -> None:
    events = upstream.stream(STREAM)
    connection = Connection(proxy)
    (start,) = await connection.received(1)
    assert dict(start["headers"])[b"content-type"] == b"text/event-stream"
    for number in (1, 2):
        events.put_nowait(b"id: %d\n\n" % number)
        sent = await connection.received(1 + number)
        assert (sent[-1]["body"], sent[-1]["more_body"]) == (b"id: %d\n\n" % number, True)
    connection.go()
    await connection.end()


async def test_a_browser_that_goes_ends_the_apis_work(proxy: ApiProxy, upstream: Upstream) -> None:
    upstream.stream(STREAM)
    connection = Connection(proxy)
    await connection.received(1)
    connection.go()
    await connection.end()
    assert upstream.closed == 1


async def test_a_browser_that_goes_before_the_answer_ends_the_request(
    proxy: ApiProxy, upstream: Upstream
) -> None:
    upstream.hold = asyncio.Event()
    connection = Connection(proxy, "/api/v1/payments")
    await upstream.was_asked()
    connection.go()
    await connection.end()
    assert connection.sent == []


async def test_a_stop_ends_live_streams_properly(
    proxy: ApiProxy, upstream: Upstream, stopping: asyncio.Event
) -> None:
    upstream.stream(STREAM)
    connection = Connection(proxy)
    await connection.received(1)
    stopping.set()
    await connection.end()
    assert connection.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert upstream.closed == 1


async def test_an_answer_that_is_cut_off_stays_cut_off(proxy: ApiProxy, upstream: Upstream) -> None:
    rows = upstream.stream({"content-type": "text/csv"})
    connection = Connection(proxy, "/api/v1/payments/export")
    rows.put_nowait(b"id\r\n")
    await connection.received(2)
    rows.put_nowait(httpx.ReadError("reset"))
    await connection.end()
    assert all(message.get("more_body", True) for message in connection.sent)
    assert upstream.closed == 1


async def test_live_streams_leave_room_for_the_rest(
    proxy: ApiProxy, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_module, "MAX_STREAMS", 1)
    upstream.stream(STREAM)
    first = Connection(proxy)
    await first.received(1)
    second = Connection(proxy)
    await second.end()
    assert second.sent[0]["status"] == 503
    first.go()
    await first.end()
    third = Connection(proxy)
    assert (await third.received(1))[0]["status"] == 200
    third.go()
    await third.end()
