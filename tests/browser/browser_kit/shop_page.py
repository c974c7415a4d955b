"""A shop's page with the modal on it, and what its callbacks have seen."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

from browser_kit.checkout_page import PATIENCE_MS, CheckoutPage, modal_of

Seen = list[tuple[str, Any]]


class ShopPage:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    def visit(self, order_id: str, **query: str) -> None:
        self.page.goto(f"{self._url}/?{urlencode({'order': order_id, **query})}")

    def open(self, order_id: str, options: dict[str, Any] | None = None, **query: str) -> CheckoutPage:
        """Visit, press Pay, wait until the checkout is usable."""
        self.visit(order_id, options=json.dumps(options or {}), **query)
        self.page.locator("#pay").click()
        checkout = modal_of(self.page)
        checkout.wait_for("checkout-container")
        self.wait_for("ready")
        return checkout

    @property
    def modal(self) -> Locator:
        return self.page.locator('[data-test-id="payment-modal"]')

    @property
    def close_button(self) -> Locator:
        return self.page.locator('[data-test-id="close-modal-button"]')

    def seen(self) -> Seen:
        return [(name, value) for name, value in self.page.evaluate("window.seen")]

    def names(self) -> list[str]:
        return [name for name, _ in self.seen()]

    def wait_for(self, name: str) -> Any:
        """The value that the callback was given."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < deadline:
            found = [value for seen, value in self.seen() if seen == name]
            if found:
                return found[0]
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{name} not among {self.names()}")

    def expect_closed(self) -> None:
        expect(self.modal).to_have_count(0, timeout=PATIENCE_MS)
