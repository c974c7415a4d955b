"""Which windows may send messages, which sites may frame the checkout, and where card numbers may go."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from urllib.parse import quote

import httpx
import pytest
from browser_kit.checkout_page import modal_of
from browser_kit.fake_api import FakeApi
from browser_kit.shop_page import ShopPage
from playwright.sync_api import Page, Request, expect

pytestmark = pytest.mark.e2e

CANARY = "4000 0025 0000 3155"
CANARY_CVV = "907"
FORGED = {
    "type": "payment_success",
    "paymentId": "pay_Forged0000000001",
    "orderId": "x",
    "signature": "0" * 64,
}


def _forge(message: Mapping[str, object], target: str) -> str:
    return f"{target}.postMessage({json.dumps(message)}, '*')"


def _expect_nothing_happened(shop: ShopPage) -> None:
    shop.page.wait_for_timeout(300)
    assert shop.names() == ["ready"]
    expect(shop.modal).to_be_visible()


@pytest.mark.parametrize(
    "message",
    [FORGED, {"type": "close_modal"}, {"type": "hello"}, {"type": "ready"}, {"type": "payment_failed"}],
    ids=lambda message: message["type"],
)
def test_the_pages_own_scripts_cannot_speak_for_the_checkout(
    shop: ShopPage, api: FakeApi, message: Mapping[str, object]
) -> None:
    shop.open(api.order().id)
    shop.page.evaluate(_forge(message, "window"))
    _expect_nothing_happened(shop)


def test_an_opener_cannot(shop: ShopPage, api: FakeApi, shop_url: str) -> None:
    """Even one on the very origin of the checkout lacks the frame and the nonce."""
    with shop.page.context.expect_page() as opened:
        shop.page.goto(shop_url + "/")
        shop.page.evaluate(f"window.child = window.open('{shop_url}/?order={api.order().id}')")
    child = ShopPage(opened.value, shop_url)
    child.page.locator("#pay").click()
    child.wait_for("ready")
    shop.page.evaluate(_forge(FORGED, "window.child"))
    shop.page.evaluate(_forge(FORGED, "window.child.frames[0]"))
    _expect_nothing_happened(child)


def test_a_sibling_frame_of_the_checkouts_origin_cannot(
    shop: ShopPage, api: FakeApi, checkout_url: str
) -> None:
    shop.open(api.order().id)
    other = api.order().id
    shop.page.evaluate(
        """src => new Promise(done => { const frame = document.createElement('iframe');
           frame.name = 'sibling'; frame.src = src; frame.onload = done; document.body.append(frame); })""",
        f"{checkout_url}/checkout?order_id={other}&embedded=true",
    )
    sibling = shop.page.frame(name="sibling")
    assert sibling is not None
    sibling.evaluate(_forge({**FORGED, "nonce": "guess"}, "parent"))
    _expect_nothing_happened(shop)


def test_the_frame_itself_needs_the_nonce(shop: ShopPage, api: FakeApi) -> None:
    shop.open(api.order().id)
    frame = shop.page.frame(url=re.compile("embedded=true"))
    assert frame is not None
    for nonce in (None, "", "guess"):
        frame.evaluate(_forge({**FORGED, "nonce": nonce}, "parent"))
    _expect_nothing_happened(shop)


def test_the_checkout_listens_to_its_parent_only(shop: ShopPage, api: FakeApi) -> None:
    checkout = shop.open(api.order(outcome="never").id)
    checkout.pay_by_upi()
    checkout.wait_for("processing-state")
    frame = shop.page.frame(url=re.compile("embedded=true"))
    assert frame is not None
    shop.page.evaluate(_forge({"type": "close_request", "nonce": "guess"}, "frames[0]"))
    shop.page.evaluate(_forge({"type": "init", "nonce": "mine", "prefill": {}}, "frames[0]"))
    shop.page.evaluate(_forge({"type": "close_request", "nonce": "mine"}, "frames[0]"))
    frame.evaluate(_forge({"type": "init", "nonce": "mine"}, "window"))
    shop.page.wait_for_timeout(300)
    expect(checkout.get("leave-dialog")).to_have_count(0)


def test_an_unlisted_site_cannot_frame_the_checkout(page: Page, api: FakeApi, shop_url: str) -> None:
    order = api.order()
    listed = api.allowed_origins
    api.allowed_origins = ["https://shop.example.com"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/orders/" in request.url else None)
    try:
        shop = ShopPage(page, shop_url)
        shop.visit(order.id)
        page.locator("#pay").click()
        assert shop.wait_for("failure")["code"] == "origin_not_allowed"
        refusal = modal_of(page)
        expect(refusal.get("error-state")).to_contain_text("origin_not_allowed")
        expect(refusal.get("pay-button")).to_have_count(0)
        assert asked == []
        shop.close_button.click()
        shop.expect_closed()
        assert shop.wait_for("close") == {"reason": "error"}
        assert shop.names() == ["failure", "close"]
    finally:
        api.allowed_origins = listed


def test_only_its_merchants_sites_can(api: FakeApi, checkout_url: str) -> None:
    order = api.order()
    answer = httpx.get(f"{checkout_url}/checkout?order_id={order.id}&embedded=true")
    policy = answer.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors http://localhost:* http://127.0.0.1:*")
    assert "unsafe" not in policy


def test_the_pinned_script_works_and_a_changed_one_does_not(
    shop: ShopPage, api: FakeApi, checkout_url: str
) -> None:
    manifest = httpx.get(f"{checkout_url}/manifest.json").json()
    pinned = {"script": f"/{manifest['file']}", "integrity": manifest["integrity"]}
    shop.open(api.order().id, **pinned)
    wrong = "sha384-" + base64.b64encode(hashlib.sha384(b"something else").digest()).decode()
    shop.visit(api.order().id, **{**pinned, "integrity": wrong})
    assert shop.page.evaluate("typeof window.PaymentGateway") == "undefined"


def test_a_card_number_is_sent_to_the_api_and_nowhere_else(
    shop: ShopPage, api: FakeApi, checkout_url: str, api_url: str
) -> None:
    sent: list[Request] = []
    said: list[str] = []
    # Playwright marks its handlers, which a builtin method does not allow.
    shop.page.context.on("request", lambda request: sent.append(request))  # noqa: PLW0108
    shop.page.on("console", lambda message: said.append(message.text))
    shop.page.add_init_script(
        """addEventListener('message', ({data}) => {
             if (window === top) (window.heard ??= []).push(JSON.stringify(data)); })"""
    )
    checkout = shop.open(api.order(outcome="failed").id)
    checkout.fill_card(CANARY, cvv=CANARY_CVV)
    checkout.get("pay-button").click()
    checkout.wait_for("error-state")
    frame = shop.page.frame(url=re.compile("embedded=true"))
    assert frame is not None
    kept = frame.evaluate(
        """async () => JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie, location.href,
             history.state, (await indexedDB.databases()).length, (await caches.keys()).length,
             document.body.innerHTML])"""
    )
    canaries = [CANARY, CANARY.replace(" ", ""), quote(CANARY), CANARY_CVV]
    bodies = [
        request for request in sent if request.post_data and CANARY.replace(" ", "") in request.post_data
    ]
    assert [request.url for request in bodies] == [f"{api_url}/api/v1/payments/public"]
    outside = [*(request.url for request in sent), *said, kept, *shop.page.evaluate("window.heard")]
    outside += [json.dumps(request.headers) for request in sent]
    assert [text for text in outside for canary in canaries[:3] if canary in text] == []
    assert CANARY_CVV not in kept


def test_only_ids_and_the_client_secret_are_stored(shop: ShopPage, api: FakeApi) -> None:
    order = api.order(outcome="never")
    checkout = shop.open(order.id)
    checkout.pay_by_upi("asha@bank")
    expect(checkout.get("processing-state").locator(".done")).to_have_count(1)
    frame = shop.page.frame(url=re.compile("embedded=true"))
    assert frame is not None
    stored = frame.evaluate("({...sessionStorage})")
    payment = next(payment for payment in api.payments.values() if payment.order is order)
    session = json.loads(stored.pop(f"checkout:{order.id}"))
    assert session.pop("idempotencyKey") in api.requests
    assert session == {"paymentId": payment.id, "clientSecret": payment.client_secret}
    assert stored == {}


def test_messages_of_a_frame_that_navigated_away_are_ignored(
    page: Page, api: FakeApi, shop_url: str, checkout_url: str
) -> None:
    shop = ShopPage(page, shop_url)
    shop.open(api.order().id)
    # Its document now is of another origin, in the very frame that the SDK made.
    page.evaluate(
        "url => document.querySelector('iframe').src = url", checkout_url.replace("localhost", "127.0.0.1")
    )
    frame = page.frame_locator("iframe").owner.element_handle().content_frame()
    assert frame is not None
    page.wait_for_timeout(300)
    frame.evaluate(_forge({"type": "hello"}, "parent"))
    frame.evaluate(_forge(FORGED, "parent"))
    _expect_nothing_happened(shop)


def test_a_key_of_another_merchant_is_refused(shop: ShopPage, api: FakeApi) -> None:
    shop.visit(api.order().id, options=json.dumps({"key": "key_of_another"}))
    shop.page.locator("#pay").click()
    assert shop.wait_for("failure")["code"] == "invalid_key"
    refusal = modal_of(shop.page)
    expect(refusal.get("error-state")).to_contain_text("invalid_key")
    expect(refusal.get("pay-button")).to_have_count(0)
