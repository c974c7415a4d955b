"""The modal on shops of every kind: reactive, with trusted types, isolated, single-page; and Back and Escape."""

from __future__ import annotations

import pytest
from browser_kit.checkout_page import CheckoutPage, modal_of
from browser_kit.fake_api import FakeApi
from browser_kit.shop_page import ShopPage
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

REACTIVE = """() => {
  const deep = (value) => typeof value !== 'object' || value === null || value instanceof Node ? value
    : new Proxy(value, { get: (target, name, receiver) => deep(Reflect.get(target, name, receiver)) });
  window.gateway = deep(window.gateway);
}"""

# Under the shop's policy Playwright's own way of waiting would be `unsafe-eval`.
UNTIL_LOADED = """() => new Promise((done) => {
  const look = () => (window.gateway ? done() : setTimeout(look, 25));
  look();
})"""


def _paying(shop: ShopPage, api: FakeApi) -> CheckoutPage:
    checkout = shop.open(api.order(outcome="never").id)
    checkout.pay_by_upi()
    checkout.wait_for("processing-state")
    expect(checkout.get("change-method-button")).to_be_visible()
    return checkout


def test_behind_a_frameworks_proxy(shop: ShopPage, api: FakeApi) -> None:
    shop.visit(api.order().id)
    shop.page.evaluate(REACTIVE)
    shop.page.evaluate("window.gateway.open()")
    modal_of(shop.page).pay_by_upi()
    shop.wait_for("success")
    assert shop.page.evaluate("window.gateway.isOpen") is False


@pytest.mark.parametrize("is_loaded", [False, True], ids=["script", "loader"])
def test_under_trusted_types_and_cross_origin_isolation(
    shop: ShopPage, api: FakeApi, checkout_url: str, is_loaded: bool
) -> None:
    loader = {"loader": f"{checkout_url}/loader.mjs"} if is_loaded else {}
    # An isolated page takes no script of another origin that does not allow it; the SDK's allows every one.
    shop.visit(api.order().id, strict="true", **loader)
    shop.page.evaluate(UNTIL_LOADED)
    assert shop.page.evaluate("crossOriginIsolated")
    shop.page.locator("#pay").click()
    modal_of(shop.page).pay_by_upi()
    shop.wait_for("success")


@pytest.mark.parametrize(
    "act", ["document.body.replaceChildren()", "document.getElementById('payment-gateway-modal').remove()"]
)
def test_a_shop_that_removes_the_modal_hears_that_it_closed(shop: ShopPage, api: FakeApi, act: str) -> None:
    shop.open(api.order().id)
    shop.page.evaluate(act)
    assert shop.wait_for("close") == {"reason": "dismissed"}
    assert shop.page.evaluate("document.querySelector('dialog')") is None
    assert shop.page.evaluate("document.adoptedStyleSheets.length") == 0


def test_back_closes_the_modal_first(shop: ShopPage, api: FakeApi) -> None:
    shop.page.goto("about:blank")
    shop.open(api.order().id)
    address = shop.page.url
    shop.page.go_back()
    shop.expect_closed()
    assert shop.page.url == address
    assert shop.wait_for("close") == {"reason": "dismissed"}
    shop.page.go_back()
    assert shop.page.url == "about:blank"


def test_back_leads_past_a_modal_that_was_closed(shop: ShopPage, api: FakeApi) -> None:
    shop.page.goto("about:blank")
    shop.open(api.order().id)
    shop.close_button.click()
    shop.expect_closed()
    shop.page.evaluate("history.back()")
    shop.page.wait_for_url("about:blank")


def test_back_while_paying_asks_every_time(shop: ShopPage, api: FakeApi) -> None:
    checkout = _paying(shop, api)
    for _ in range(2):
        shop.page.evaluate("history.back()")
        checkout.wait_for("leave-dialog")
        checkout.get("stay-button").click()
        expect(checkout.get("leave-dialog")).to_have_count(0)
        expect(shop.modal).to_be_visible()
    shop.page.evaluate("history.back()")
    checkout.get("leave-button").click()
    shop.expect_closed()


def test_escape_while_paying_asks_and_starts_on_stay(shop: ShopPage, api: FakeApi) -> None:
    checkout = _paying(shop, api)
    for _ in range(3):
        checkout.get("change-method-button").focus()
        shop.page.keyboard.press("Escape")
        checkout.wait_for("leave-dialog")
        shop.page.wait_for_timeout(200)
        expect(checkout.get("leave-dialog")).to_be_visible()
        expect(checkout.get("stay-button")).to_be_focused()
        shop.page.keyboard.press("Enter")
        expect(checkout.get("leave-dialog")).to_have_count(0)
    shop.close_button.focus()
    shop.page.keyboard.press("Escape")
    expect(checkout.get("stay-button")).to_be_focused()
    shop.page.keyboard.press("Enter")
    expect(checkout.get("leave-dialog")).to_have_count(0)
    expect(shop.modal).to_be_visible()


def test_another_method_instead_of_the_upi_app(shop: ShopPage, api: FakeApi) -> None:
    checkout = _paying(shop, api)
    expect(checkout.get("countdown")).to_contain_text("14:")
    checkout.get("change-method-button").click()
    checkout.wait_for("card-form")
    assert "failure" not in shop.names()


def test_a_payment_that_the_bank_has_is_not_cancelled(shop: ShopPage, api: FakeApi) -> None:
    checkout = _paying(shop, api)
    payment = list(api.payments.values())[-1]
    payment.is_claimed = True
    checkout.get("cancel-payment-button").click()
    expect(checkout.get("processing-message")).to_contain_text("cannot be cancelled")
    payment.outcome = "success"
    shop.wait_for("success")


def test_dollars_are_paid_by_card(shop: ShopPage, api: FakeApi) -> None:
    checkout = shop.open(api.order(currency="USD", amount=12_345_678).id)
    expect(checkout.get("order-amount")).to_have_text("$123,456.78")
    expect(checkout.get("method-upi")).to_have_count(0)
    expect(checkout.get("card-form")).to_be_visible()
