"""One gateway for all of the dashboard's tests, and a page that is signed in to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_kit.dashboard import COOKIE, CREDENTIALS, Dashboard, Merchant, Newcomer, create_merchant, sign_in
from browser_kit.gateway import Gateway, running_gateway
from playwright.sync_api import ConsoleMessage, Page


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def merchant(gateway: Gateway) -> Merchant:
    return Merchant(gateway.api_url, CREDENTIALS)


@pytest.fixture(scope="session")
def session_cookie(gateway: Gateway) -> str:
    return sign_in(gateway.dashboard_url)


@pytest.fixture
def dashboard(page: Page, gateway: Gateway, session_cookie: str) -> Dashboard:
    """Signed in, with nothing opened yet. A test that signs out signs in by itself."""
    page.context.add_cookies([{"name": COOKIE, "value": session_cookie, "url": gateway.dashboard_url}])
    return Dashboard(page, gateway.dashboard_url)


@pytest.fixture
def signed_out(page: Page, gateway: Gateway) -> Dashboard:
    return Dashboard(page, gateway.dashboard_url)


@pytest.fixture
def newcomer(gateway: Gateway) -> Newcomer:
    """A merchant of this test alone: for empty pages, and for what would disturb the others' merchant."""
    return create_merchant(gateway)


@pytest.fixture
def newcomers_dashboard(page: Page, gateway: Gateway, newcomer: Newcomer) -> Dashboard:
    """Signed in as the newcomer."""
    cookie = sign_in(gateway.dashboard_url, newcomer.email, newcomer.password)
    page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": gateway.dashboard_url}])
    return Dashboard(page, gateway.dashboard_url)


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains about: a policy that is broken, a script that fails."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
