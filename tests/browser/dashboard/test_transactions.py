"""The list of payments: live, filtered by its address, page by page, exported."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from browser_kit.dashboard import COOKIE, Dashboard, Merchant, Newcomer, create_merchant, sign_in
from browser_kit.gateway import Gateway
from browser_kit.looking import NARROW, look
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PATH = "/dashboard/transactions"
PAGE_ROWS = 25
PAYMENTS = 32
FAILED = 8
CARDS = 4
CHANGE_WITHIN_MS = 1_000
POLLED_WITHIN_MS = 15_000
SETTLED_WITHIN_S = 30.0
CARD = {
    "number": "4111111111111111",
    "expiry_month": "12",
    "expiry_year": "2030",
    "cvv": "123",
    "holder_name": "A",
}


@pytest.fixture(scope="module")
def shop(gateway: Gateway) -> Newcomer:
    """A merchant with ``PAYMENTS`` settled payments of 10.00, 20.00, …; every fourth failed, the last by card."""
    made = create_merchant(gateway)
    for number in range(1, PAYMENTS - CARDS + 1):
        made.merchant.pay(number * 1_000, vpa="failure@bank" if number % 4 == 0 else f"success.{number}@bank")
    for number in range(PAYMENTS - CARDS + 1, PAYMENTS + 1):
        card = {**CARD, "number": "4000000000000002"} if number % 4 == 0 else CARD
        body = {"order_id": made.merchant.order(number * 1_000), "method": "card", "card": card}
        made.merchant.request("POST", "/payments", body)
    _wait_until_settled(made.merchant)
    return made


def _wait_until_settled(merchant: Merchant) -> None:
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while merchant.request("GET", "/payments?status=pending,processing"):
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def shops_dashboard(page: Page, gateway: Gateway, shop: Newcomer, shops_cookie: str) -> Dashboard:
    page.context.add_cookies([{"name": COOKIE, "value": shops_cookie, "url": gateway.dashboard_url}])
    return Dashboard(page, gateway.dashboard_url)


@pytest.fixture(scope="module")
def shops_cookie(gateway: Gateway, shop: Newcomer) -> str:
    return sign_in(gateway.dashboard_url, shop.email, shop.password)


def open_list(dashboard: Dashboard, search: str = "") -> None:
    dashboard.open(PATH + search)
    dashboard.wait_for("transactions-table")


def ids(dashboard: Dashboard) -> list[str]:
    return dashboard.get("payment-id").all_inner_texts()


def test_a_payment_appears_and_turns_success_without_a_reload(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, page: Page, complaints: list[str]
) -> None:
    open_list(newcomers_dashboard)
    expect(newcomers_dashboard.get("first-payment")).to_contain_text(
        newcomer.merchant.credentials["X-Api-Key"]
    )
    newcomers_dashboard.wait_until_live()
    page.evaluate("window.isSamePage = true")
    payment_id = newcomer.merchant.pay(amount=123_456)
    row = page.locator(f'[data-payment-id="{payment_id}"]')
    expect(row).to_be_visible(timeout=CHANGE_WITHIN_MS)
    expect(row.locator("[data-test-id=amount]")).to_have_text("₹1,234.56")
    expect(row.locator("[data-test-id=method]")).to_have_text("upi")
    newcomer.merchant.settled(payment_id)
    expect(row.locator("[data-test-id=status]")).to_have_text("success", timeout=CHANGE_WITHIN_MS)
    expect(newcomers_dashboard.get("total")).to_have_text("1")
    assert page.evaluate("window.isSamePage")
    assert complaints == []


def test_without_the_stream_the_list_asks_by_itself(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, page: Page
) -> None:
    page.route("**/api/v1/events/stream", lambda route: route.abort())
    open_list(newcomers_dashboard)
    expect(newcomers_dashboard.get("live-state")).to_have_attribute("data-state", "polling")
    newcomer.merchant.pay()
    expect(newcomers_dashboard.get("status")).to_have_text("success", timeout=POLLED_WITHIN_MS)


def test_new_payments_do_not_move_what_is_read(
    shops_dashboard: Dashboard, shop: Newcomer, page: Page
) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    open_list(shops_dashboard)
    shops_dashboard.wait_until_live()
    read = page.locator(f'[data-payment-id="{ids(shops_dashboard)[12]}"]')
    page.evaluate("scrollTo(0, 400)")
    before = read.bounding_box()
    payment_id = shop.merchant.pay(amount=999_900)
    expect(page.locator(f'[data-payment-id="{payment_id}"]')).to_have_count(1)
    assert ids(shops_dashboard)[0] == payment_id
    assert read.bounding_box() == before
    shop.merchant.settled(payment_id)


def test_filters_are_in_the_address(shops_dashboard: Dashboard, page: Page) -> None:
    open_list(shops_dashboard)
    shops_dashboard.get("status-filter").select_option("failed")
    expect(page).to_have_url(f"{shops_dashboard.url}{PATH}?status=failed")
    expect(shops_dashboard.get("total")).to_have_text(str(FAILED))
    assert set(shops_dashboard.get("status").all_inner_texts()) == {"failed"}
    shops_dashboard.get("amount-max-filter").fill("100.00")
    expect(page).to_have_url(f"{shops_dashboard.url}{PATH}?status=failed&amount_max=10000")
    expect(shops_dashboard.get("amount")).to_have_text(["₹80.00", "₹40.00"])
    page.reload()
    expect(shops_dashboard.get("amount")).to_have_text(["₹80.00", "₹40.00"])
    expect(shops_dashboard.get("amount-max-filter")).to_have_value("100.00")
    page.go_back()
    expect(shops_dashboard.get("total")).to_have_text(str(FAILED))
    expect(shops_dashboard.get("amount-max-filter")).to_have_value("")
    page.go_back()
    expect(shops_dashboard.get("status-filter")).to_have_value("")
    page.go_forward()
    expect(shops_dashboard.get("status-filter")).to_have_value("failed")
    shops_dashboard.get("clear-filters").click()
    expect(page).to_have_url(f"{shops_dashboard.url}{PATH}")


def test_methods_dates_and_ids_are_filters_too(
    shops_dashboard: Dashboard, shop: Newcomer, page: Page
) -> None:
    open_list(shops_dashboard, "?method=card")
    expect(shops_dashboard.get("total")).to_have_text(str(CARDS))
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    shops_dashboard.get("from-filter").fill(today)
    shops_dashboard.get("to-filter").fill(today)
    expect(page).to_have_url(f"{shops_dashboard.url}{PATH}?method=card&from={today}&to={today}")
    expect(shops_dashboard.get("total")).to_have_text(str(CARDS))
    shops_dashboard.get("from-filter").fill("2090-01-01")
    shops_dashboard.wait_for("no-matches")
    page.get_by_role("button", name="Clear filters").click()
    order_id = shop.merchant.request("GET", "/payments?limit=1")[0]["order_id"]
    page.keyboard.press("/")
    page.keyboard.type(order_id[:16])
    page.keyboard.press("Enter")
    expect(shops_dashboard.get("order-id")).to_have_text([order_id])
    expect(shops_dashboard.get("id-filter")).to_have_value(order_id[:16])


def test_pages_are_stable_while_payments_come(shops_dashboard: Dashboard, shop: Newcomer, page: Page) -> None:
    open_list(shops_dashboard, "?amount_max=32000")
    shops_dashboard.wait_until_live()
    expect(shops_dashboard.get("transaction-row")).to_have_count(PAGE_ROWS)
    first = ids(shops_dashboard)
    expect(shops_dashboard.get("previous-page")).to_be_disabled()
    newer = shop.merchant.pay(31_999)
    expect(shops_dashboard.get("transaction-row")).to_have_count(PAGE_ROWS + 1)
    shops_dashboard.get("next-page").click()
    expect(shops_dashboard.get("transaction-row")).to_have_count(PAYMENTS - PAGE_ROWS)
    second = ids(shops_dashboard)
    assert set(first).isdisjoint(second)
    shared = page.url
    shops_dashboard.get("previous-page").click()
    expect(shops_dashboard.get("payment-id").first).to_have_text(newer)
    page.go_back()
    expect(shops_dashboard.get("payment-id")).to_have_text(second)
    shops_dashboard.open("/dashboard")
    page.goto(shared)  # as from a colleague
    expect(shops_dashboard.get("payment-id")).to_have_text(second)
    shops_dashboard.get("previous-page").click()
    expect(shops_dashboard.get("payment-id").first).to_have_text(newer)
    shop.merchant.settled(newer)


def test_the_export_holds_what_the_filters_let_through(
    shops_dashboard: Dashboard, shop: Newcomer, page: Page
) -> None:
    open_list(shops_dashboard, "?status=failed&amount_min=10000")
    expect(shops_dashboard.get("transaction-row")).to_have_count(FAILED - 2)
    with page.expect_download() as download:
        shops_dashboard.get("export-link").click()
    assert download.value.suggested_filename.startswith("payments-")
    assert download.value.suggested_filename.endswith(".csv")
    text = Path(download.value.path()).read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    listed = shop.merchant.request("GET", "/payments?status=failed&amount_min=10000")
    assert [row["id"] for row in rows] == [payment["id"] for payment in listed]
    assert [int(row["amount"]) for row in rows] == [payment["amount"] for payment in listed]


def test_a_row_leads_to_its_payment_and_back_to_the_same_list(shops_dashboard: Dashboard, page: Page) -> None:
    open_list(shops_dashboard, "?status=failed")
    expect(shops_dashboard.get("transaction-row")).to_have_count(FAILED)
    wanted = ids(shops_dashboard)[1]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{shops_dashboard.url}{PATH}/{wanted}")
    page.locator("main").get_by_role("link", name="Transactions").click()
    expect(page).to_have_url(f"{shops_dashboard.url}{PATH}?status=failed")
    row = shops_dashboard.wait_for("transaction-row").first
    first = row.get_attribute("data-payment-id")
    row.click(position={"x": 600, "y": 20})  # its link lies over all of it
    expect(page).to_have_url(f"{shops_dashboard.url}{PATH}/{first}")


HOSTILE = "%3Cimg%20src%3Dx%20onerror%3D%22window.hit%3D1%22%3E"


@pytest.mark.parametrize("name", ["q", "status", "method", "from", "amount_min", "cursor"])
def test_an_address_is_only_ever_text(shops_dashboard: Dashboard, page: Page, name: str) -> None:
    shops_dashboard.open(f"{PATH}?{name}={HOSTILE}")
    # An error, or the list: in any case the address has been put to use.
    shops_dashboard.page.locator(
        "[data-test-id=error-note], [data-test-id=transactions-table]"
    ).first.wait_for()
    expect(page.locator("main img")).to_have_count(0)
    assert page.evaluate("window.hit") is None


def test_accessible_and_whole(shops_dashboard: Dashboard, shop: Newcomer, page: Page) -> None:
    open_list(shops_dashboard)
    expect(shops_dashboard.get("transaction-row").first).to_be_visible()
    look(page, "dashboard-transactions")
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    page.evaluate("scrollTo(0, 0)")
    shops_dashboard.get("toggle-filters").click()
    shops_dashboard.get("status-filter").select_option("pending")
    shops_dashboard.wait_for("no-matches")
    look(page, "dashboard-transactions-no-match")


def test_the_empty_list_is_accessible_and_whole(newcomers_dashboard: Dashboard, page: Page) -> None:
    open_list(newcomers_dashboard)
    newcomers_dashboard.wait_for("no-payments")
    look(page, "dashboard-transactions-empty")
