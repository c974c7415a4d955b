"""Steps that bring the page into each of its states, for the axe check and the screenshots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, Route, expect

from browser_kit.checkout_page import CheckoutPage
from browser_kit.fake_api import CHALLENGED_CARD, FakeApi

SLOW_MS = 20_000
GIVEN_UP_MS = 16 * 60_000
STEP_MS = 5_000


@dataclass(frozen=True)
class Stage:
    """What a state's set-up works with."""

    page: Page
    api: FakeApi
    url: str
    options: str
    """Theme and locale, as the address's ``&name=value``."""

    @property
    def checkout(self) -> CheckoutPage:
        return CheckoutPage(self.page)

    def open(self, order_id: str, path: str = "checkout") -> CheckoutPage:
        self.page.goto(f"{self.url}/{path}?order_id={order_id}{self.options}")
        return self.checkout

    def open_form(self, **order: object) -> CheckoutPage:
        opened = self.open(self.api.order(**order).id)
        opened.wait_for("payment-methods")
        return opened

    def pass_time(self, total_ms: int) -> None:
        for _ in range(0, total_ms, STEP_MS):
            self.page.clock.run_for(STEP_MS)


def loading(stage: Stage) -> None:
    stage.page.route("**/api/v1/orders/**", lambda _: None)
    stage.page.goto(
        f"{stage.url}/checkout?order_id=order_Loading0000000001{stage.options}", wait_until="commit"
    )
    expect(stage.page.locator(".skeleton")).to_be_attached()


def form_upi(stage: Stage) -> None:
    stage.open_form()


def form_upi_fault(stage: Stage) -> None:
    stage.open_form().pay_by_upi("asha")


def form_card(stage: Stage) -> None:
    stage.open_form().get("method-card").click()


def form_card_filled(stage: Stage) -> None:
    stage.open_form().fill_card()


def form_card_faults(stage: Stage) -> None:
    checkout = stage.open_form()
    checkout.fill_card(number="4111 1111 1111 1112", expiry="01/20", cvv="1")
    checkout.get("cardholder-name-input").fill("")
    checkout.get("pay-button").click()


def form_refused(stage: Stage) -> None:
    checkout = stage.open_form(refusal=("BAD_REQUEST_ERROR", "Too many attempts for this order"))
    checkout.pay_by_upi()
    stage.page.get_by_role("alert").wait_for()


def sending(stage: Stage) -> None:
    stage.page.route("**/payments/public", _never_answered)
    stage.open_form().pay_by_upi()
    stage.checkout.wait_for("processing-state")


def processing(stage: Stage) -> None:
    stage.open_form(outcome="never").pay_by_upi()
    expect(stage.page.locator(".steps .done")).to_have_count(1)


def processing_slow(stage: Stage) -> None:
    stage.page.clock.install()
    processing(stage)
    stage.pass_time(SLOW_MS)
    expect(stage.checkout.get("processing-message")).to_contain_text("longer than usual")


def processing_offline(stage: Stage) -> None:
    processing(stage)
    stage.page.route("**/api/v1/**", lambda route: route.abort())
    stage.page.locator(".steps.held").wait_for(timeout=15_000)


def processing_stalled(stage: Stage) -> None:
    stage.page.clock.install()
    processing(stage)
    for _ in range(0, GIVEN_UP_MS, 60_000):
        stage.page.clock.fast_forward(60_000)
        stage.page.wait_for_timeout(30)
    stage.page.get_by_role("button", name="Check again").wait_for()


def otp(stage: Stage) -> None:
    stage.open_form().pay_by_card(CHALLENGED_CARD)
    stage.checkout.wait_for("otp-form")


def otp_wrong(stage: Stage) -> None:
    otp(stage)
    stage.checkout.get("otp-input").fill("000000")
    stage.checkout.get("otp-submit-button").click()
    stage.page.locator(".fault").wait_for()


def success(stage: Stage) -> None:
    stage.open_form().pay_by_upi()
    stage.checkout.wait_for("success-state")


def failed(stage: Stage) -> None:
    stage.open_form().pay_by_upi("failure@bank")
    stage.checkout.wait_for("error-state")


def unsure(stage: Stage) -> None:
    stage.page.clock.install()
    stage.page.route("**/payments/public", lambda route: route.abort())
    stage.open_form().pay_by_upi()
    stage.checkout.wait_for("processing-state")
    for _ in range(30):
        stage.page.clock.run_for(STEP_MS)
        stage.page.wait_for_timeout(30)
    stage.checkout.wait_for("error-state")


def paid(stage: Stage) -> None:
    stage.open(stage.api.order(status="paid", payment_id="pay_AnotherBrowser01").id)
    stage.checkout.wait_for("paid-state")


def unpaid(stage: Stage) -> None:
    stage.open(stage.api.order().id, "success").wait_for("error-state")


def result_success(stage: Stage) -> None:
    order = stage.api.order()
    way = f"&redirect=true&return_url={stage.url}/shop"
    stage.page.goto(f"{stage.url}/checkout?order_id={order.id}{way}{stage.options}")
    stage.checkout.wait_for("payment-methods")
    stage.checkout.pay_by_upi()
    stage.checkout.wait_for("success-state")


def result_failure(stage: Stage) -> None:
    order = stage.api.order(outcome="failed")
    way = f"&redirect=true&return_url={stage.url}/shop"
    stage.page.goto(f"{stage.url}/checkout?order_id={order.id}{way}{stage.options}")
    stage.checkout.wait_for("payment-methods")
    stage.checkout.pay_by_upi()
    stage.checkout.wait_for("error-state")


def form_card_only(stage: Stage) -> None:
    stage.open_form(currency="USD", amount=12_345_678)


def form_long_amount(stage: Stage) -> None:
    stage.open_form(amount=9_007_199_254_740_991)


def too_late(stage: Stage) -> None:
    processing(stage)
    list(stage.api.payments.values())[-1].is_claimed = True
    stage.checkout.get("cancel-payment-button").click()
    expect(stage.checkout.get("processing-message")).to_contain_text("cannot be cancelled")


def receipt(stage: Stage) -> None:
    stage.open_form(receipt="INV-2030-0042").pay_by_card()
    stage.checkout.wait_for("success-state")


def refused(stage: Stage) -> None:
    order = stage.api.order()
    stage.page.goto(f"{stage.url}/checkout?order_id={order.id}&redirect=true&key=key_other{stage.options}")
    expect(stage.checkout.get("error-state")).to_contain_text("invalid_key")


def unknown(stage: Stage) -> None:
    stage.open("order_Unknown0000000001").wait_for("error-state")


def no_order(stage: Stage) -> None:
    stage.page.goto(f"{stage.url}/?x=1{stage.options}")
    stage.checkout.wait_for("error-state")


def unreachable(stage: Stage) -> None:
    stage.page.route("**/api/v1/orders/**", lambda route: route.abort())
    stage.open("order_Unreachable0000001").wait_for("error-state")


def _never_answered(route: Route) -> None:
    """Neither fulfilled nor aborted: the request stays open until its page closes."""


STATES: Mapping[str, Callable[[Stage], None]] = {
    made.__name__: made
    for made in (
        loading, form_upi, form_upi_fault, form_card, form_card_filled, form_card_faults, form_refused, sending,
        processing, processing_slow, processing_offline, processing_stalled, otp, otp_wrong, success, failed, unsure,
        paid, unpaid, result_success, result_failure, unknown, no_order, unreachable,
        form_card_only, form_long_amount, too_late, receipt, refused,
    )
}  # fmt: skip
