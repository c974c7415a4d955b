"""The modal against the whole gateway as ``make run`` starts it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser_kit.checkout_page import CheckoutPage
from browser_kit.gateway import Gateway, running_gateway
from browser_kit.serving import served
from browser_kit.shop import make_shop
from browser_kit.shop_page import ShopPage
from playwright.sync_api import Page, expect

CREDENTIALS = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}
WEBHOOK_SECRET = b"whsec_test_abc123"
CHALLENGED_CARD = "4000 0000 0000 3220"
MASTERCARD = "5555 5555 5555 4444"
CANARY = "5267 3181 8797 5449"
CANARY_SPELLINGS = (b"526731818797", b"5267 3181 8797", b"5267-3181-8797")

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway") / "home") as running:
        yield running


@pytest.fixture
def order_id(gateway: Gateway) -> str:
    made = httpx.post(f"{gateway.api_url}/api/v1/orders", json={"amount": 49_900}, headers=CREDENTIALS)
    return str(made.json()["id"])


@pytest.fixture
def real_shop(page: Page, gateway: Gateway) -> Iterator[ShopPage]:
    with served(lambda _: make_shop(gateway.checkout_url)) as url:
        yield ShopPage(page, url)


def _status(gateway: Gateway, payment_id: str) -> str:
    answer = httpx.get(f"{gateway.api_url}/api/v1/payments/{payment_id}", headers=CREDENTIALS)
    return str(answer.json()["status"])


def _expect_genuine(gateway: Gateway, shop: ShopPage, order_id: str) -> None:
    paid = shop.wait_for("success")
    signed = hmac.new(WEBHOOK_SECRET, f"{order_id}|{paid['paymentId']}".encode(), hashlib.sha256).hexdigest()
    assert paid == {"paymentId": paid["paymentId"], "orderId": order_id, "signature": signed}
    assert _status(gateway, paid["paymentId"]) == "success"
    shop.expect_closed()


def test_pay_by_upi(gateway: Gateway, real_shop: ShopPage, order_id: str) -> None:
    checkout = real_shop.open(order_id)
    expect(checkout.get("order-amount")).to_have_text("₹499.00")
    checkout.pay_by_upi()
    checkout.wait_for("processing-state")
    _expect_genuine(gateway, real_shop, order_id)


def test_failure_then_retry(gateway: Gateway, real_shop: ShopPage, order_id: str) -> None:
    checkout = real_shop.open(order_id)
    checkout.pay_by_upi("failure@bank")
    checkout.wait_for("error-state")
    failure = real_shop.wait_for("failure")
    assert _status(gateway, failure["paymentId"]) == "failed"
    checkout.get("retry-button").click()
    checkout.pay_by_upi()
    _expect_genuine(gateway, real_shop, order_id)


def test_one_time_code(gateway: Gateway, real_shop: ShopPage, order_id: str) -> None:
    checkout = real_shop.open(order_id)
    checkout.pay_by_card(CHALLENGED_CARD)
    checkout.wait_for("otp-form")
    checkout.get("otp-input").fill("000000")
    checkout.get("otp-submit-button").click()
    expect(checkout.get("otp-form").locator(".fault")).to_contain_text("2")
    checkout.get("otp-input").fill("123456")
    checkout.get("otp-submit-button").click()
    _expect_genuine(gateway, real_shop, order_id)


def test_three_wrong_codes(gateway: Gateway, real_shop: ShopPage, order_id: str) -> None:
    checkout = real_shop.open(order_id)
    checkout.pay_by_card(CHALLENGED_CARD)
    for left in ("2", "1"):
        checkout.get("otp-input").fill("000000")
        checkout.get("otp-submit-button").click()
        expect(checkout.get("otp-form").locator(".fault")).to_contain_text(left)
    checkout.get("otp-input").fill("000000")
    checkout.get("otp-submit-button").click()
    checkout.wait_for("error-state")


def test_a_second_tab_follows_the_payment_of_the_first(
    gateway: Gateway, real_shop: ShopPage, order_id: str
) -> None:
    first = real_shop.open(order_id)
    first.pay_by_upi("slow@bank")
    first.wait_for("processing-state")
    tab = real_shop.page.context.new_page()
    tab.goto(f"{gateway.checkout_url}/checkout?order_id={order_id}")
    CheckoutPage(tab).wait_for("processing-state")


def test_a_paid_order_cannot_be_paid_again(gateway: Gateway, real_shop: ShopPage, order_id: str) -> None:
    real_shop.open(order_id).pay_by_card(MASTERCARD)
    _expect_genuine(gateway, real_shop, order_id)
    page = real_shop.page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    page.goto(f"{gateway.checkout_url}/checkout?order_id={order_id}")
    CheckoutPage(page).wait_for("paid-state")
    page.context.close()


def test_an_unknown_order(gateway: Gateway, page: Page) -> None:
    page.goto(f"{gateway.checkout_url}/checkout?order_id=order_DoesNotExist0001")
    CheckoutPage(page).wait_for("error-state")


def test_a_card_number_typed_into_the_page_comes_to_rest_nowhere(
    gateway: Gateway, real_shop: ShopPage, order_id: str
) -> None:
    real_shop.open(order_id).pay_by_card(CANARY)
    _expect_genuine(gateway, real_shop, order_id)
    # Everything on disk: tables and their write-ahead log, the streams' append-only file, every log.
    assert _files_with(gateway.home, order_id.encode())
    for spelling in CANARY_SPELLINGS:
        assert _files_with(gateway.home, spelling) == []


def _files_with(folder: Path, text: bytes) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        try:
            if path.is_file() and text in path.read_bytes():
                found.append(path)
        except FileNotFoundError:  # the servers go on working
            continue
    return found
