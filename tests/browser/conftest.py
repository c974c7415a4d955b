"""One browser, the real web server with the built pages, the API's stand-in and a shop on other origins."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator

import httpx
import pytest
from browser_kit.fake_api import FakeApi
from browser_kit.serving import served
from browser_kit.shop import make_shop
from browser_kit.shop_page import ShopPage
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from web_server.checkout import make_app
from web_server.origins import AllowedOrigins
from web_server.settings import WebSettings

# No busy machine decides a test: Playwright's own patience is 5 s.
expect.set_options(timeout=30_000)

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium: apt-get install -y chromium, or set CHROMIUM to its path")
    return found


# Not for the whole session: while it lives, Playwright's event loop keeps asyncio tests from running theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture(scope="session")
def api_url(api: FakeApi) -> Iterator[str]:
    with served(lambda _: api.app()) as url:
        yield url


@pytest.fixture(scope="session")
def checkout_url(api_url: str) -> Iterator[str]:
    settings = WebSettings(gateway_env="local", public_api_url=api_url)
    # Its connections belong to the server's thread, so none may outlive a request.
    client = httpx.AsyncClient(base_url=api_url, limits=httpx.Limits(max_keepalive_connections=0))
    with served(lambda _: make_app(settings, AllowedOrigins(client, time.monotonic))) as url:
        yield url


@pytest.fixture(scope="session")
def shop_url(checkout_url: str) -> Iterator[str]:
    with served(lambda _: make_shop(checkout_url)) as url:
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def shop(page: Page, shop_url: str) -> ShopPage:
    return ShopPage(page, shop_url)
