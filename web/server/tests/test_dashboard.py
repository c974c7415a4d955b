"""The dashboard's page under its routes, its files, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from web_server.dashboard import make_app
from web_server.files import NotBuilt
from web_server.proxy import ApiProxy
from web_server.settings import WebSettings


@pytest.fixture
async def dashboard(settings: WebSettings, proxy: ApiProxy) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(make_app(settings, proxy))
    async with httpx.AsyncClient(transport=transport, base_url="http://dash") as made:
        yield made


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/login",
        "/dashboard",
        "/dashboard/transactions",
        "/dashboard/transactions/pay_1",
        "/dashboard/webhooks",
        "/dashboard/webhooks/1",
        "/dashboard/keys",
        "/dashboard/settings",
        "/dashboard/docs",
    ],
)
async def test_every_route_is_the_page_and_locked_down(dashboard: httpx.AsyncClient, path: str) -> None:
    answer = await dashboard.get(path)
    assert answer.status_code == 200
    assert "React" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"} <= set(
        policy
    )
    assert {"frame-ancestors 'none'", "form-action 'none'", "trusted-types 'none'"} <= set(policy)


@pytest.mark.parametrize(
    "path", ["/dashboard/nothing", "/dashboard/transactions/1/2", "/index.html", "/assets/x.js"]
)
async def test_other_addresses_are_a_404(dashboard: httpx.AsyncClient, path: str) -> None:
    answer = await dashboard.get(path)
    assert answer.status_code == 404
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_people_find_the_way_home_from_a_404(dashboard: httpx.AsyncClient) -> None:
    answer = await dashboard.get("/dashboard/nothing", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert 'href="/dashboard"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_hashed_files_are_kept(dashboard: httpx.AsyncClient) -> None:
    answer = await dashboard.get("/assets/index-abc.js")
    assert answer.text == "let page;"
    assert "immutable" in answer.headers["cache-control"]


async def test_gzip_when_the_browser_takes_it(dashboard: httpx.AsyncClient) -> None:
    plain = await dashboard.get("/login", headers={"Accept-Encoding": "identity"})
    packed = await dashboard.get("/login", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text


async def test_an_incomplete_build_is_said_at_once(settings: WebSettings, proxy: ApiProxy) -> None:
    (settings.dashboard_dist / "index.html").unlink()
    with pytest.raises(NotBuilt):
        make_app(settings, proxy)


async def test_alive_without_the_api(dashboard: httpx.AsyncClient) -> None:
    assert (await dashboard.get("/healthz")).json() == {"status": "alive"}


async def test_the_page_learns_the_public_addresses(settings: WebSettings, proxy: ApiProxy) -> None:
    empty = '<meta name="api-base" content="" /><meta name="checkout-base" content="" />'
    (settings.dashboard_dist / "index.html").write_text(empty, encoding="utf-8")
    public = settings.model_copy(
        update={"public_api_url": "https://api.example.com", "public_checkout_url": "https://pay.example.com"}
    )
    transport = httpx.ASGITransport(make_app(public, proxy))
    async with httpx.AsyncClient(transport=transport, base_url="http://dash") as made:
        shown = (await made.get("/dashboard/docs")).text
    assert '<meta name="api-base" content="https://api.example.com" />' in shown
    assert '<meta name="checkout-base" content="https://pay.example.com" />' in shown
