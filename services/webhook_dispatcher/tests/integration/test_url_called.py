"""The URL that is called is, byte for byte, the one that the merchant configured."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_core.domain.webhook_url import check_url
from gateway_core.testing.raw_server import serving
from webhook_dispatcher.sender import Sender
from webhook_dispatcher.stages import Prepared

pytestmark = pytest.mark.integration

TARGETS = [
    "/hook?sig=a%2Fb%3D",
    "/%40",
    "/@",
    "/{}",
    "/a/../b",
    "/./a/.//b/..",
    "/?",
    "/hook?",
    "/hook??",
    "/hook?a=b?",
    "//twice",
    "/%2e%2E/%zz/%",
    '/a;b=c,d?e=[f]&g="h"<i>|`^\'',
    "/hook?plus=+&space=%20&tilde=~&empty=&none",
    "/%E2%82%b9",
]
WRITTEN = st.text(st.sampled_from("abZ09/?%=&+.;,:@{}[]<>|^`~!$'()*\"-_"), max_size=40)


async def requested(targets: Iterable[str]) -> list[str]:
    """What stood in the request line for each target."""
    seen: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            await reader.readexactly(2)
            assert f"Host: {url[7:-1]}" in lines
            seen.append(lines[0].removeprefix("POST ").removesuffix(" HTTP/1.1"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    sender = Sender(timeout_s=30, allow_private=True, max_connections=10)
    async with serving(serve) as url:
        for target in targets:
            configured = check_url(url.removesuffix("/") + target)
            sent = await sender.send(Prepared(configured, {}, b"{}", datetime.now(UTC)))
            assert sent.outcome.succeeded, (target, sent.outcome)
    await sender.aclose()
    return seen


async def test_path_and_query_are_sent_as_configured() -> None:
    assert await requested(TARGETS) == TARGETS


async def test_without_a_path_the_root_is_requested() -> None:
    """A request line cannot do without a path (RFC 9112, section 3.2.1)."""
    assert await requested(["", "?a=b%2F", "?"]) == ["/", "/?a=b%2F", "/?"]


@given(st.lists(WRITTEN.map("/".__add__), min_size=1, max_size=20))
@settings(max_examples=30, deadline=None)
def test_any_path_and_query_is_sent_as_configured(targets: list[str]) -> None:
    assert asyncio.run(requested(targets)) == targets
