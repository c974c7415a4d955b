"""Paying inside the modal, on a shop of another origin with a strict Content-Security-Policy."""

from __future__ import annotations

import hashlib
import hmac
import re

import pytest
from browser_kit import screenshots
from browser_kit.accessibility import violations
from browser_kit.checkout_page import modal_of
from browser_kit.fake_api import CHALLENGED_CARD, OTP, SECRET, FakeApi
from browser_kit.shop_page import ShopPage
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

pytestmark = pytest.mark.e2e


def _signature(order_id: str, payment_id: str) -> str:
    return hmac.new(SECRET, f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()


def test_dom_is_the_contracts(shop: ShopPage, api: FakeApi) -> None:
    order = api.order()
    shop.open(order.id)
    exact = (
        "div#payment-gateway-modal[data-test-id=payment-modal] > .modal-overlay > .modal-content >"
        " iframe[data-test-id=payment-iframe] + button.close-button[data-test-id=close-modal-button]"
    )
    expect(shop.page.locator(exact)).to_have_count(1)
    source = shop.page.locator("iframe").get_attribute("src") or ""
    assert source.endswith(f"/checkout?order_id={order.id}&embedded=true")


def test_pay_by_upi(shop: ShopPage, api: FakeApi) -> None:
    order = api.order()
    checkout = shop.open(order.id)
    checkout.pay_by_upi()
    checkout.wait_for("processing-state")
    checkout.wait_for("success-state")
    paid = shop.wait_for("success")
    assert paid["orderId"] == order.id
    assert paid["paymentId"] in api.payments
    assert paid["signature"] == _signature(order.id, paid["paymentId"])
    shop.expect_closed()
    assert shop.names() == ["ready", "success", "close"]
    assert shop.wait_for("close") == {"reason": "success"}


def test_pay_by_card(shop: ShopPage, api: FakeApi) -> None:
    order = api.order()
    checkout = shop.open(order.id, {"prefill": {"method": "card", "holderName": "Asha Rao"}})
    expect(checkout.get("card-form")).to_be_visible()
    expect(checkout.get("cardholder-name-input")).to_have_value("Asha Rao")
    checkout.pay_by_card("5555 5555 5555 4444")
    shop.wait_for("success")
    assert api.bodies[-1]["card"]["number"] == "5555555555554444"
    assert api.bodies[-1]["card"]["expiry_year"] == "2039"


def test_failure_then_retry_under_a_new_key(shop: ShopPage, api: FakeApi) -> None:
    order = api.order()
    checkout = shop.open(order.id)
    checkout.pay_by_upi("failure@bank")
    checkout.wait_for("error-state")
    failure = shop.wait_for("failure")
    assert (failure["code"], failure["orderId"]) == ("payment_failed", order.id)
    expect(shop.modal).to_be_visible()
    checkout.get("retry-button").click()
    checkout.pay_by_upi()
    shop.wait_for("success")
    assert len(set(api.requests[-2:])) == 2


def test_close_and_open_again(shop: ShopPage, api: FakeApi) -> None:
    shop.open(api.order().id)
    shop.close_button.click()
    shop.expect_closed()
    assert shop.wait_for("close") == {"reason": "dismissed"}
    assert shop.page.evaluate("document.activeElement.id") == "pay"
    assert shop.page.evaluate("document.adoptedStyleSheets.length") == 0
    shop.page.locator("#pay").click()
    modal_of(shop.page).wait_for("payment-methods")


@pytest.mark.parametrize("focused_inside", [True, False])
def test_escape_closes(shop: ShopPage, api: FakeApi, focused_inside: bool) -> None:
    checkout = shop.open(api.order().id)
    if focused_inside:
        checkout.get("vpa-input").focus()
    else:
        shop.close_button.focus()
    shop.page.keyboard.press("Escape")
    shop.expect_closed()


def test_double_open_is_refused(shop: ShopPage, api: FakeApi) -> None:
    shop.open(api.order().id)
    shop.page.evaluate("document.getElementById('pay').click()")
    assert shop.wait_for("thrown")["code"] == "already_open"
    expect(shop.modal).to_have_count(1)


def test_closing_while_paying_asks_first(shop: ShopPage, api: FakeApi) -> None:
    checkout = shop.open(api.order(outcome="never").id)
    checkout.pay_by_upi()
    checkout.wait_for("processing-state")
    shop.close_button.click()
    checkout.wait_for("leave-dialog")
    checkout.get("stay-button").click()
    expect(checkout.get("leave-dialog")).to_have_count(0)
    for _ in range(3):  # a browser lets a dialog's cancelling be prevented only once
        shop.close_button.focus()
        shop.page.keyboard.press("Escape")
        checkout.wait_for("leave-dialog")
        expect(shop.modal).to_be_visible()
        shop.page.keyboard.press("Escape")
        expect(checkout.get("leave-dialog")).to_have_count(0)
    shop.page.evaluate("window.gateway.close()")
    checkout.wait_for("leave-dialog")
    checkout.get("leave-button").click()
    shop.expect_closed()
    assert shop.wait_for("close") == {"reason": "dismissed"}


def test_destroy_closes_whatever_happens(shop: ShopPage, api: FakeApi) -> None:
    checkout = shop.open(api.order(outcome="never").id)
    checkout.pay_by_upi()
    checkout.wait_for("processing-state")
    shop.page.evaluate("window.gateway.destroy()")
    shop.expect_closed()
    assert shop.names() == ["ready"]


def test_one_time_code(shop: ShopPage, api: FakeApi) -> None:
    checkout = shop.open(api.order().id)
    checkout.pay_by_card(CHALLENGED_CARD)
    checkout.get("otp-input").fill("000000")
    checkout.get("otp-submit-button").click()
    expect(checkout.get("otp-form").locator(".fault")).to_contain_text("2")
    expect(checkout.get("otp-input")).to_be_focused()
    checkout.get("otp-input").fill(OTP)
    checkout.get("otp-submit-button").click()
    shop.wait_for("success")


def test_leaving_the_code_step_cancels(shop: ShopPage, api: FakeApi) -> None:
    order = api.order()
    checkout = shop.open(order.id)
    checkout.pay_by_card(CHALLENGED_CARD)
    checkout.wait_for("otp-form")
    shop.close_button.click()
    checkout.get("leave-button").click()
    shop.expect_closed()
    assert [payment.status for payment in api.payments.values() if payment.order is order] == ["failed"]


def test_survives_an_offline_blip(shop: ShopPage, api: FakeApi) -> None:
    order = api.order(outcome="never")
    checkout = shop.open(order.id)
    checkout.pay_by_upi()
    checkout.wait_for("processing-state")
    shop.page.context.set_offline(True)
    expect(checkout.get("processing-message")).to_contain_text("Connection lost", timeout=15_000)
    next(payment for payment in api.payments.values() if payment.order is order).outcome = "success"
    shop.page.context.set_offline(False)
    shop.wait_for("success")


def test_a_lost_answer_makes_no_second_payment(shop: ShopPage, api: FakeApi) -> None:
    order = api.order()
    checkout = shop.open(order.id)
    dropped: list[APIResponse] = []

    def drop_first_answer(route: Route) -> None:
        if route.request.method != "POST" or dropped:
            route.continue_()
            return
        dropped.append(route.fetch())
        route.abort()

    shop.page.route("**/payments/public", drop_first_answer)
    checkout.pay_by_upi()
    shop.wait_for("success")
    assert dropped
    assert len([payment for payment in api.payments.values() if payment.order is order]) == 1


def test_reload_resumes(shop: ShopPage, api: FakeApi) -> None:
    order = api.order(outcome="never")
    shop.open(order.id).pay_by_upi()
    modal_of(shop.page).wait_for("processing-state")
    shop.page.wait_for_timeout(300)  # until the answer is stored
    shop.page.reload()
    shop.page.locator("#pay").click()
    modal_of(shop.page).wait_for("processing-state")
    payment = next(payment for payment in api.payments.values() if payment.order is order)
    payment.outcome = "success"
    assert shop.wait_for("success")["signature"] == _signature(order.id, payment.id)


def test_keyboard_only(shop: ShopPage, api: FakeApi) -> None:
    shop.visit(api.order().id)
    keyboard = shop.page.keyboard
    shop.page.locator("#pay").focus()
    keyboard.press("Enter")
    checkout = modal_of(shop.page)
    checkout.wait_for("payment-methods")
    shop.wait_for("ready")
    while not checkout.get("method-upi").evaluate("element => element === document.activeElement"):
        keyboard.press("Tab")
    keyboard.press("ArrowRight")
    expect(checkout.get("card-form")).to_be_visible()
    for typed in ("4111111111111111", "1239", "123", "Asha Rao"):
        keyboard.press("Tab")
        keyboard.type(typed)
    keyboard.press("Enter")
    shop.wait_for("success")
    assert shop.page.evaluate("document.activeElement.id") == "pay"


def test_focus_stays_in_the_modal(shop: ShopPage, api: FakeApi) -> None:
    shop.open(api.order().id)
    for _ in range(12):
        shop.page.keyboard.press("Tab")
        focused = shop.page.evaluate("document.activeElement.tagName + '#' + document.activeElement.id")
        assert focused != "BUTTON#pay"


def test_an_unknown_order_says_so(shop: ShopPage) -> None:
    shop.visit("order_Unknown0000000001")
    shop.page.locator("#pay").click()
    assert shop.wait_for("failure")["code"] == "order_not_found"
    expect(modal_of(shop.page).get("error-state")).to_contain_text("order_not_found")
    shop.close_button.click()
    shop.expect_closed()
    assert shop.names() == ["failure", "close"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (390, 844), (320, 568)])
def test_modal_is_accessible_and_fits(
    browser: Browser, api: FakeApi, shop_url: str, theme: str, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    shop = ShopPage(page, shop_url)
    checkout = shop.open(api.order(outcome="never").id, {"theme": theme})
    _look(page, f"modal_upi-{theme}-{width}")
    checkout.fill_card()
    _look(page, f"modal_card-{theme}-{width}")
    checkout.get("pay-button").click()
    checkout.wait_for("processing-state")
    shop.close_button.click()
    checkout.wait_for("leave-dialog")
    _look(page, f"modal_leave-{theme}-{width}")
    context.close()


def _look(page: Page, name: str) -> None:
    page.wait_for_timeout(200)  # the frame fades in
    screenshots.take(page, name)
    assert violations(page) == []
    frame = page.frame(url=re.compile("embedded=true"))
    assert frame is not None
    assert violations(frame) == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
