"""The dashboard as its merchant sees it, and what such a merchant does through the API meanwhile."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from browser_kit.gateway import Gateway
from gateway_cli import merchants
from gateway_cli.database import KeySettings, run
from gateway_cli.merchants import CreatedMerchant

EMAIL = "test@example.com"
PASSWORD = "anything"  # what local evaluation takes
API_KEY = "key_test_abc123"
CREDENTIALS = {"X-Api-Key": API_KEY, "X-Api-Secret": "secret_test_xyz789"}
COOKIE = "gateway_session"
ANSWER_TIMEOUT_S = 30.0
SETTLE_TIMEOUT_S = 20.0
POLL_S = 0.1


class Dashboard:
    """A page of it, signed in; elements are found by the contract's test ids."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str = "/dashboard") -> None:
        self.page.goto(self.url + path)

    def get(self, test_id: str) -> Locator:
        return self.page.locator(f'[data-test-id="{test_id}"]')

    def wait_for(self, test_id: str) -> Locator:
        found = self.get(test_id)
        expect(found.first).to_be_visible()
        return found

    def wait_until_live(self) -> None:
        """From now on changes come by the stream."""
        expect(self.get("live-state")).to_have_attribute("data-state", "live")


@dataclass(frozen=True)
class Merchant:
    """The merchant's own server: requests with the key."""

    api_url: str
    credentials: Mapping[str, str]

    def request(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer; AssertionError unless it is 2xx."""
        answer = httpx.request(
            method,
            f"{self.api_url}/api/v1{path}",
            json=body,
            headers=dict(self.credentials),
            timeout=ANSWER_TIMEOUT_S,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def order(self, amount: int = 49_900, **fields: object) -> str:
        return str(self.request("POST", "/orders", {"amount": amount, **fields})["id"])

    def pay(self, amount: int = 49_900, vpa: str = "success@bank", **order_fields: object) -> str:
        """The id of a payment that is under way."""
        order_id = self.order(amount, **order_fields)
        return str(
            self.request("POST", "/payments", {"order_id": order_id, "method": "upi", "vpa": vpa})["id"]
        )

    def payment(self, payment_id: str) -> dict[str, Any]:
        return dict(self.request("GET", f"/payments/{payment_id}"))

    def settled(self, payment_id: str) -> dict[str, Any]:
        """The payment once it is ``success`` or ``failed``."""
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        while (payment := self.payment(payment_id))["status"] not in ("success", "failed"):
            assert time.monotonic() < deadline, payment
            time.sleep(POLL_S)
        return payment


def sign_in(dashboard_url: str, email: str = EMAIL, password: str = PASSWORD) -> str:
    """The session cookie's value."""
    answer = httpx.post(
        f"{dashboard_url}/api/v1/session",
        json={"email": email, "password": password},
        headers={"Origin": dashboard_url, "Sec-Fetch-Site": "same-origin", "X-Gateway-Dashboard": "1"},
        timeout=ANSWER_TIMEOUT_S,
    )
    assert answer.status_code == httpx.codes.OK, answer.text
    return str(answer.cookies[COOKIE])


@dataclass(frozen=True)
class Newcomer:
    """A merchant with a password of its own, and nothing yet to be shown."""

    email: str
    password: str
    merchant: Merchant


def create_merchant(gateway: Gateway, name: str = "Chai & Co") -> Newcomer:
    """As the operator's command does it, without the time that a process takes to start."""
    email, password = f"{secrets.token_hex(6)}@example.com", secrets.token_hex(12)
    settings = KeySettings(gateway_env="local", database_url=gateway.database_url)

    def create() -> CreatedMerchant:
        return run(
            settings.database_url,
            lambda conn: merchants.create(conn, settings.cipher, name=name, email=email, password=password),
        )

    with ThreadPoolExecutor(1) as beside_playwrights_loop:
        created = beside_playwrights_loop.submit(create).result()
    credentials = {"X-Api-Key": created.api_key, "X-Api-Secret": created.api_secret}
    return Newcomer(email, password, Merchant(gateway.api_url, credentials))
