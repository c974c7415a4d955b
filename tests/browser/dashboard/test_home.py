"""The home page: totals as they change, queue health, credentials and their roll."""

from __future__ import annotations

import httpx
import pytest
from browser_kit.accessibility import violations
from browser_kit.dashboard import Dashboard, Merchant, Newcomer
from browser_kit.gateway import Gateway
from browser_kit.looking import look
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

TOTALS_WITHIN_MS = 2_000


def test_a_new_merchant_is_told_what_to_do_next(newcomers_dashboard: Dashboard, newcomer: Newcomer) -> None:
    newcomers_dashboard.open()
    newcomers_dashboard.wait_for("no-payments")
    expect(newcomers_dashboard.get("total-transactions")).to_have_text("0")
    expect(newcomers_dashboard.get("success-rate")).to_have_text("–")
    expect(newcomers_dashboard.get("api-key")).to_have_text(newcomer.merchant.credentials["X-Api-Key"])
    look(newcomers_dashboard.page, "dashboard-home-empty")
    newcomers_dashboard.page.get_by_role("link", name="Take a payment").click()
    expect(newcomers_dashboard.page).to_have_url(f"{newcomers_dashboard.url}/dashboard/docs")


def test_totals_follow_payments_without_a_reload(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, complaints: list[str]
) -> None:
    newcomers_dashboard.open()
    newcomers_dashboard.wait_for("no-payments")
    newcomers_dashboard.wait_until_live()
    payment_ids = [newcomer.merchant.pay(amount=123_456), newcomer.merchant.pay(vpa="failure@bank")]
    expect(newcomers_dashboard.get("total-transactions")).to_have_text("2")
    for payment_id in payment_ids:
        newcomer.merchant.settled(payment_id)
    amount = newcomers_dashboard.get("total-amount")
    expect(amount).to_have_text("₹1,234.56", timeout=TOTALS_WITHIN_MS)
    expect(newcomers_dashboard.get("success-rate")).to_have_text("50%")
    refund = {"amount": 23_456}
    newcomer.merchant.request("POST", f"/payments/{payment_ids[0]}/refunds", refund)
    expect(newcomers_dashboard.get("total-refunded")).to_have_text("₹234.56", timeout=10_000)
    newcomers_dashboard.wait_for("volume-chart")
    newcomers_dashboard.wait_for("success-chart")
    assert complaints == []


def test_without_the_stream_the_page_asks_by_itself(
    newcomers_dashboard: Dashboard, newcomer: Newcomer
) -> None:
    newcomers_dashboard.page.route("**/api/v1/events/stream", lambda route: route.abort())
    newcomers_dashboard.open()
    newcomers_dashboard.wait_for("no-payments")
    expect(newcomers_dashboard.get("live-state")).to_have_attribute("data-state", "polling")
    newcomer.merchant.pay()
    expect(newcomers_dashboard.get("total-transactions")).to_have_text("1", timeout=15_000)


def test_the_period_is_in_the_address(dashboard: Dashboard, page: Page) -> None:
    dashboard.open("/dashboard?days=1")
    chosen = dashboard.wait_for("period").locator("input:checked")
    expect(chosen).to_have_value("1")
    page.get_by_role("radio", name="90 days").check()
    expect(page).to_have_url(f"{dashboard.url}/dashboard?days=90")
    page.reload()
    expect(chosen).to_have_value("90")


def test_queue_health_knows_every_queue_and_its_workers(dashboard: Dashboard) -> None:
    dashboard.open()
    rows = dashboard.wait_for("queue-row")
    expect(rows).to_have_count(3)
    for name in ("payment-processing", "refund-processing", "webhook-delivery"):
        row = dashboard.page.locator(f'[data-queue="{name}"]')
        expect(row.locator("[data-test-id=queue-workers]")).to_contain_text("1 running")


def test_a_payment_that_waits_is_in_the_queue(newcomers_dashboard: Dashboard, newcomer: Newcomer) -> None:
    newcomers_dashboard.open()
    newcomers_dashboard.wait_for("queue-row")
    newcomer.merchant.pay(vpa="slow@bank")
    depth = newcomers_dashboard.page.locator('[data-queue="payment-processing"] [data-test-id="queue-depth"]')
    expect(depth).not_to_have_text("0", timeout=10_000)


def test_rolling_the_key_shows_the_new_secret_once(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, gateway: Gateway
) -> None:
    old = newcomer.merchant.credentials["X-Api-Key"]
    newcomers_dashboard.open()
    expect(newcomers_dashboard.wait_for("api-secret")).not_to_contain_text("secret")
    newcomers_dashboard.get("roll-key-button").click()
    newcomers_dashboard.get("roll-overlap").select_option("0")
    newcomers_dashboard.get("roll-key-confirm").click()
    secret = newcomers_dashboard.wait_for("new-api-secret").inner_text()
    key = newcomers_dashboard.get("new-api-key").inner_text()
    assert key != old
    Merchant(gateway.api_url, {"X-Api-Key": key, "X-Api-Secret": secret}).order()
    refused = httpx.get(f"{gateway.api_url}/api/v1/orders", headers=dict(newcomer.merchant.credentials))
    assert refused.status_code == 401
    newcomers_dashboard.get("new-key-done").click()
    expect(newcomers_dashboard.get("api-key")).to_have_text(key)
    assert secret not in newcomers_dashboard.page.content()
    newcomers_dashboard.page.reload()
    expect(newcomers_dashboard.get("api-key")).to_have_text(key)


def test_the_api_key_is_copied(dashboard: Dashboard, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dashboard.open()
    dashboard.wait_for("api-credentials").get_by_label("Copy API key").click()
    assert page.evaluate("navigator.clipboard.readText()") == "key_test_abc123"


def test_keys_lead_to_the_pages_and_the_search(dashboard: Dashboard, page: Page) -> None:
    dashboard.open()
    dashboard.wait_for("dashboard")
    for letter, path in (
        ("t", "/transactions"),
        ("w", "/webhooks"),
        ("k", "/keys"),
        ("d", "/docs"),
        ("h", ""),
    ):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page).to_have_url(f"{dashboard.url}/dashboard{path}")
    page.keyboard.press("/")
    page.keyboard.type("order_x")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{dashboard.url}/dashboard/transactions?q=order_x")
    page.keyboard.press("?")
    dashboard.wait_for("help-dialog")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dashboard.get("help-dialog")).to_have_count(0)


def test_the_theme_is_kept(dashboard: Dashboard, page: Page) -> None:
    background = "getComputedStyle(document.documentElement).backgroundColor"
    dashboard.open()
    light = page.evaluate(background)
    dashboard.wait_for("account-button").click()
    page.get_by_role("radio", name="Dark").check()
    assert page.evaluate(background) != light
    page.reload()
    dashboard.wait_for("dashboard")
    assert page.evaluate(background) != light


def test_accessible_and_whole(dashboard: Dashboard, merchant: Merchant, page: Page) -> None:
    merchant.settled(merchant.pay())
    dashboard.open()
    dashboard.wait_for("volume-chart")
    dashboard.wait_for("queue-row")
    look(page, "dashboard-home")
    page.get_by_text("Show as a table").first.click()
    dashboard.get("roll-key-button").click()
    dashboard.wait_for("roll-key-dialog")
    look(page, "dashboard-roll-key", full_page=False)


def test_forced_colours_show_what_is_chosen(dashboard: Dashboard) -> None:
    dashboard.page.emulate_media(forced_colors="active")
    dashboard.open()
    dashboard.wait_for("period")
    background = "element => getComputedStyle(element).backgroundColor"
    highlight = dashboard.page.locator("body").evaluate(
        "body => { const mark = document.createElement('i'); mark.style.backgroundColor = 'Highlight';"
        " body.append(mark); const shown = getComputedStyle(mark).backgroundColor; mark.remove(); return shown; }"
    )
    for chosen, other in (
        (".segments label:has(:checked)", ".segments label:not(:has(:checked))"),
        (".nav [aria-current]", ".nav a:not([aria-current])"),
    ):
        colours = [dashboard.page.locator(each).first.evaluate(background) for each in (chosen, other)]
        assert (colours[0] == highlight, colours[1] == highlight) == (True, False), (chosen, colours)
