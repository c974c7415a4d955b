"""A payment's page: its timeline, capture and refund, and texts of merchants and buyers."""

from __future__ import annotations

import re
import time

import psycopg
import pytest
from browser_kit.dashboard import Dashboard, Merchant, Newcomer
from browser_kit.gateway import Gateway
from browser_kit.looking import look
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.e2e

PATH = "/dashboard/transactions"
CHANGE_WITHIN_MS = 1_000
SETTLED_WITHIN_MS = 20_000
NOBODY_LISTENS = "http://localhost:9/hook"
HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg/onload=window.hit=1>',
    "javascript:window.hit=1",
    "{{constructor.constructor('window.hit=1')()}}",
    "'; DROP TABLE payments; --",
    "\u202egnp.exe\u2066 \u200bzero",
    "</title></style></textarea><b onmouseover=window.hit=1>",
)


@pytest.fixture
def paid(merchant: Merchant) -> str:
    payment_id = merchant.pay(receipt="receipt-7", notes={"table": "12"})
    merchant.settled(payment_id)
    return payment_id


def open_payment(dashboard: Dashboard, payment_id: str) -> None:
    dashboard.open(f"{PATH}/{payment_id}")
    dashboard.wait_for("timeline")


def refund(dashboard: Dashboard, amount: str | None = None, reason: str = "") -> None:
    dashboard.get("refund-button").click()
    if amount is not None:
        dashboard.get("refund-amount-input").fill(amount)
    dashboard.get("refund-reason-input").fill(reason)
    dashboard.get("confirm-refund-button").click()


def test_an_open_payment_turns_success_without_a_reload(
    dashboard: Dashboard, merchant: Merchant, page: Page, complaints: list[str]
) -> None:
    payment_id = merchant.pay(amount=123_456, vpa="success@bank")
    open_payment(dashboard, payment_id)
    page.evaluate("window.isSamePage = true")
    merchant.settled(payment_id)
    expect(dashboard.get("status")).to_have_text("success", timeout=CHANGE_WITHIN_MS)
    expect(page.locator('[data-event="payment.success"]')).to_be_visible()
    expect(dashboard.get("amount")).to_have_text("₹1,234.56")
    expect(dashboard.get("instrument")).to_have_text("success@bank")
    assert page.title() == f"Payment {payment_id} · Payment Gateway"
    assert page.evaluate("window.isSamePage")
    assert complaints == []


def test_the_timeline_has_each_attempt_at_a_webhook(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, page: Page
) -> None:
    hook = {"webhook_url": NOBODY_LISTENS, "webhook_secret": "whsec_browser_test"}
    newcomer.merchant.request("PUT", "/webhooks", hook)
    payment_id = newcomer.merchant.pay()
    open_payment(newcomers_dashboard, payment_id)
    newcomer.merchant.settled(payment_id)
    step = page.locator('[data-event="payment.success"]')
    expect(step.locator("[data-test-id=timeline-attempt]")).to_contain_text(
        "Attempt 1", timeout=SETTLED_WITHIN_MS
    )
    expect(step).to_contain_text("Next attempt")
    events = [step.get_attribute("data-event") for step in newcomers_dashboard.get("timeline-step").all()]
    assert events == ["order", "payment.created", "payment.pending", "payment.success"]
    step.locator("[data-test-id=delivery-link]").click()
    expect(page).to_have_url(re.compile("/dashboard/webhooks/[0-9a-f-]{36}$"))


def test_capture(dashboard: Dashboard, merchant: Merchant, paid: str) -> None:
    open_payment(dashboard, paid)
    expect(dashboard.get("captured")).to_have_text("No")
    dashboard.get("capture-button").click()
    expect(dashboard.wait_for("capture-dialog")).to_contain_text("₹499.00")
    dashboard.get("confirm-button").click()
    expect(dashboard.get("captured")).to_have_text("Yes")
    expect(dashboard.get("capture-button")).to_have_count(0)
    expect(dashboard.get("capture-dialog")).to_have_count(0)
    assert merchant.payment(paid)["captured"] is True


def test_a_capture_that_came_too_late_says_so(dashboard: Dashboard, merchant: Merchant, paid: str) -> None:
    open_payment(dashboard, paid)
    dashboard.get("capture-button").click()
    merchant.request("POST", f"/payments/{paid}/capture", {"amount": 49_900})
    dashboard.get("confirm-button").click()
    expect(dashboard.wait_for("capture-dialog")).to_contain_text("Payment not in capturable state.")


def test_refund_a_part_then_too_much_then_the_rest(
    dashboard: Dashboard, merchant: Merchant, paid: str, page: Page
) -> None:
    open_payment(dashboard, paid)
    dashboard.wait_until_live()
    refund(dashboard, "199.29", "Cup was broken")
    expect(dashboard.get("refund-amount")).to_have_text("₹199.29")
    expect(dashboard.get("refund-reason")).to_have_text("Cup was broken")
    expect(dashboard.get("amount-refunded")).to_have_text("₹199.29 of ₹499.00")
    expect(dashboard.get("refund-status")).to_have_text("processed", timeout=SETTLED_WITHIN_MS)
    expect(page.locator('[data-event="refund.processed"]')).to_contain_text("₹199.29")
    expect(page.locator(".payment-heading")).to_contain_text("part refunded")

    refund(dashboard, "299.72")
    amount = dashboard.get("refund-amount-input")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_have_accessible_description("Refund amount exceeds available amount.")
    amount.fill("299.71")
    dashboard.get("confirm-refund-button").click()
    expect(dashboard.get("refund-dialog")).to_have_count(0)
    expect(dashboard.get("refund-button")).to_have_count(0)
    expect(dashboard.get("amount-refunded")).to_have_text("₹499.00 of ₹499.00")
    amounts = [each["amount"] for each in merchant.request("GET", f"/payments/{paid}/refunds")]
    assert amounts == [29_971, 19_929]


def test_a_refund_whose_answer_was_lost_happens_once(
    dashboard: Dashboard, merchant: Merchant, paid: str, page: Page
) -> None:
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        # Playwright's own request has none of what the browser adds.
        added = {"origin": dashboard.url, "sec-fetch-site": "same-origin"}
        lost.append(route.fetch(headers={**route.request.all_headers(), **added}).status)
        route.abort()

    open_payment(dashboard, paid)
    page.route("**/refunds", lose_first)
    refund(dashboard, "100", "Once")
    expect(dashboard.wait_for("refund-dialog")).to_contain_text("The gateway did not answer.")
    dashboard.get("confirm-refund-button").click()
    expect(dashboard.get("refund-dialog")).to_have_count(0)
    assert lost == [201]
    assert len(merchant.request("GET", f"/payments/{paid}/refunds")) == 1


def test_the_keyboard_alone_will_do(dashboard: Dashboard, merchant: Merchant, paid: str, page: Page) -> None:
    open_payment(dashboard, paid)
    dashboard.get("refund-button").focus()
    page.keyboard.press("Enter")
    expect(dashboard.get("refund-amount-input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dashboard.get("refund-button")).to_be_focused()
    page.keyboard.press("Enter")
    dashboard.get("refund-amount-input").fill("1")
    page.keyboard.press("Enter")
    expect(dashboard.get("refund-amount")).to_have_text("₹1.00")
    assert [each["amount"] for each in merchant.request("GET", f"/payments/{paid}/refunds")] == [100]


def test_whatever_is_written_on_it_is_only_text(dashboard: Dashboard, merchant: Merchant, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    notes = {f"{number} {text}"[:40]: text for number, text in enumerate(HOSTILE)}
    payment_id = merchant.pay(receipt=HOSTILE[1][:40], notes=notes)
    merchant.settled(payment_id)
    for text in HOSTILE:
        merchant.request("POST", f"/payments/{payment_id}/refunds", {"amount": 100, "reason": text})
    open_payment(dashboard, payment_id)
    expect(dashboard.get("receipt")).to_have_text(HOSTILE[1][:40])
    expect(dashboard.get("refund-reason")).to_have_count(len(HOSTILE))
    assert set(dashboard.get("refund-reason").all_text_contents()) == set(HOSTILE)
    assert dashboard.get("notes").locator("dd").all_text_contents() == list(HOSTILE)
    page.mouse.move(600, 400)
    assert page.locator("main :is(script, img, iframe, b, style)").count() == 0
    assert page.evaluate("window.hit") is None
    assert all(url.startswith(dashboard.url) for url in asked), asked


def test_a_payment_that_is_not_there(dashboard: Dashboard, merchant: Merchant, page: Page) -> None:
    for payment_id in ("pay_0000000000000000000000", "nothing", "%3Cimg%20src=x%20onerror=window.hit=1%3E"):
        dashboard.open(f"{PATH}/{payment_id}")
        dashboard.wait_for("not-found")
        assert page.evaluate("window.hit") is None
    page.get_by_role("link", name="All transactions").click()
    expect(page).to_have_url(f"{dashboard.url}{PATH}")


def _under_review(gateway: Gateway, merchant: Merchant) -> str:
    """As if the bank had been asked for hours; nobody asks it any more."""
    payment_id = merchant.pay(vpa="unknown@bank")
    deadline = time.monotonic() + SETTLED_WITHIN_MS / 1000
    while merchant.payment(payment_id)["status"] != "processing":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with psycopg.connect(gateway.database_url) as conn:
        conn.execute(
            "UPDATE payments SET requires_review = true, leased = false, lease_generation = lease_generation + 1, "
            "next_attempt_at = now() + interval '1 day' WHERE id = %s",
            [payment_id],
        )
    return payment_id


def test_a_payment_under_review_is_explained(
    dashboard: Dashboard, gateway: Gateway, merchant: Merchant
) -> None:
    open_payment(dashboard, _under_review(gateway, merchant))
    expect(dashboard.get("review-note")).to_contain_text("do not ship")
    expect(dashboard.get("refund-button")).to_have_count(0)


def test_accessible_and_whole(dashboard: Dashboard, gateway: Gateway, merchant: Merchant, page: Page) -> None:
    notes = {"table": "12", "a long note": "order from the window seat " * 8, "word": "w" * 120}
    payment_id = merchant.pay(amount=12_345_678, vpa="refund-failure@bank", receipt="receipt-7", notes=notes)
    merchant.settled(payment_id)
    merchant.request(
        "POST", f"/payments/{payment_id}/refunds", {"amount": 1_234, "reason": "Cup was broken " * 6}
    )
    open_payment(dashboard, payment_id)
    expect(dashboard.get("refund-status")).to_have_text("failed", timeout=SETTLED_WITHIN_MS)
    look(page, "dashboard-payment")
    refund(dashboard, "9,99,999.00", "Too much")
    expect(dashboard.get("refund-amount-input")).to_have_attribute("aria-invalid", "true")
    look(page, "dashboard-refund")
    page.keyboard.press("Escape")
    dashboard.get("capture-button").click()
    look(page, "dashboard-capture")
    open_payment(dashboard, _under_review(gateway, merchant))
    dashboard.wait_for("review-note")
    look(page, "dashboard-payment-review")
    failed = merchant.pay(vpa="failure@bank")
    merchant.settled(failed)
    open_payment(dashboard, failed)
    look(page, "dashboard-payment-failed")
    dashboard.open(f"{PATH}/pay_0000000000000000000000")
    dashboard.wait_for("not-found")
    look(page, "dashboard-payment-not-found")
