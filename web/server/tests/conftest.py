"""The application over a small build, and an API that answers as told."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from web_stubs import INDEX, SCRIPT, ApiStub, Clock, Upstream

from web_server.checkout import make_app
from web_server.origins import AllowedOrigins
from web_server.proxy import ApiProxy
from web_server.settings import WebSettings


@pytest.fixture
def api() -> ApiStub:
    return ApiStub()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def origins(api: ApiStub, clock: Clock) -> AsyncIterator[AllowedOrigins]:
    transport = httpx.MockTransport(api.handle)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield AllowedOrigins(client, clock)


def _write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".js":
            Path(f"{path}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
            Path(f"{path}.br").write_bytes(b"brotli of " + name.encode())
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> WebSettings:
    page = {
        "index.html": INDEX,
        "favicon.svg": "<svg/>",
        "assets/index-abc.js": "let page;",
        "assets/en-1.json": '{"title":"</script><b>"}',
        "assets/hi-2.json": '{"title":"भुगतान"}',
    }
    sdk = {"checkout.js": SCRIPT, "checkout.0123456789abcdef.js": SCRIPT, "checkout.mjs": SCRIPT}
    sdk |= {"loader.mjs": "export {}", "manifest.json": "{}"}
    return WebSettings(
        gateway_env="local",
        public_api_url="https://api.example.com",
        checkout_dist=_write(tmp_path / "checkout", page),
        dashboard_dist=_write(tmp_path / "dashboard", page),
        sdk_dist=_write(tmp_path / "sdk", sdk),
    )


@pytest.fixture
async def client(settings: WebSettings, origins: AllowedOrigins) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(make_app(settings, origins))
    async with httpx.AsyncClient(transport=transport, base_url="http://pay") as made:
        yield made


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def stopping() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def proxy(upstream: Upstream, stopping: asyncio.Event) -> ApiProxy:
    return ApiProxy(upstream, "http://api", stopping)
