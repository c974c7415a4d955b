"""Redirect mode: the shop's page is left, and results have an address of their own with a way back."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from browser_kit.checkout_page import CheckoutPage
from browser_kit.fake_api import SECRET, FakeApi
from browser_kit.shop_page import ShopPage
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e


def _leave_shop(shop: ShopPage, order_id: str, return_url: str) -> CheckoutPage:
    prefill = '{"vpa": "asha@bank"}'
    options = f'{{"mode": "redirect", "returnUrl": "{return_url}", "prefill": {prefill}}}'
    shop.visit(order_id, options=options)
    shop.page.locator("#pay").click()
    shop.page.wait_for_url("**/checkout?**")
    checkout = CheckoutPage(shop.page)
    checkout.wait_for("payment-methods")
    return checkout


def test_success_has_an_address_and_leads_back(shop: ShopPage, api: FakeApi, shop_url: str) -> None:
    order = api.order()
    checkout = _leave_shop(shop, order.id, f"{shop_url}/?done=1")
    expect(checkout.get("vpa-input")).to_have_value("asha@bank")
    assert "asha" not in shop.page.url
    checkout.pay_by_upi()
    checkout.wait_for("success-state")
    expect(shop.page).to_have_url(re.compile("/success[?]"))
    shop.page.reload()
    payment_id = checkout.wait_for("payment-id").inner_text()
    shop.page.get_by_role("link", name="Back to the shop").click()
    shop.page.wait_for_url(f"{shop_url}/**")
    query = {name: values[0] for name, values in parse_qs(urlsplit(shop.page.url).query).items()}
    signature = hmac.new(SECRET, f"{order.id}|{payment_id}".encode(), hashlib.sha256).hexdigest()
    assert query == {
        "done": "1",
        "order_id": order.id,
        "payment_id": payment_id,
        "status": "success",
        "signature": signature,
    }


def test_failure_has_an_address_and_can_be_tried_again(shop: ShopPage, api: FakeApi, shop_url: str) -> None:
    checkout = _leave_shop(shop, api.order().id, f"{shop_url}/")
    checkout.pay_by_upi("failure@bank")
    checkout.wait_for("error-state")
    expect(shop.page).to_have_url(re.compile("/failure[?]"))
    checkout.get("retry-button").click()
    expect(shop.page).to_have_url(re.compile("/checkout[?]"))
    checkout.pay_by_upi()
    checkout.wait_for("success-state")


def test_there_is_no_way_to_a_site_that_is_not_the_merchants(shop: ShopPage, api: FakeApi) -> None:
    checkout = _leave_shop(shop, api.order().id, "https://evil.example/")
    checkout.pay_by_upi()
    checkout.wait_for("success-state")
    expect(shop.page.get_by_role("link")).to_have_count(0)


def test_in_a_tab_without_redirect_the_address_stays(page: Page, api: FakeApi, checkout_url: str) -> None:
    page.goto(f"{checkout_url}/checkout?order_id={api.order().id}")
    checkout = CheckoutPage(page)
    checkout.pay_by_upi()
    checkout.wait_for("success-state")
    assert urlsplit(page.url).path == "/checkout"


def test_the_result_survives_a_reload(page: Page, api: FakeApi, checkout_url: str) -> None:
    page.goto(f"{checkout_url}/checkout?order_id={api.order().id}")
    checkout = CheckoutPage(page)
    checkout.pay_by_upi()
    shown = checkout.wait_for("payment-id").inner_text()
    page.reload()
    assert checkout.wait_for("payment-id").inner_text() == shown
