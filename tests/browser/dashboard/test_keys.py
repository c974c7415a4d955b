"""API keys: made, used, rolled with an overlap, revoked; secrets are shown once."""

from __future__ import annotations

import re

import httpx
import pytest
from browser_kit.dashboard import Dashboard, Newcomer
from browser_kit.gateway import Gateway
from browser_kit.looking import look
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.e2e

PATH = "/dashboard/keys"
USE_SHOWN_WITHIN_MS = 45_000  # uses are written down every 30 s
CORPUS = [
    "<script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "<svg/onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "{{constructor.constructor('window.pwned=1')()}}",
    "\u202eyek\u202c ₹ 🙂 مفتاح",
]


def open_keys(dashboard: Dashboard) -> None:
    dashboard.open(PATH)
    dashboard.wait_for("key-row")


def row_of(dashboard: Dashboard, key: str) -> Locator:
    return dashboard.page.locator(f'[data-test-id="key-row"][data-key="{key}"]')


def new_key(dashboard: Dashboard) -> tuple[str, str]:
    """What the dialog shows this once, and then no more."""
    key = dashboard.wait_for("new-api-key").inner_text()
    secret = dashboard.get("new-api-secret").inner_text()
    dashboard.get("new-key-done").click()
    expect(dashboard.get("new-key-dialog")).to_have_count(0)
    assert secret not in dashboard.page.content()
    return key, secret


def answer_to(gateway: Gateway, key: str, secret: str) -> int:
    """The status of a request with the key."""
    headers = {"X-Api-Key": key, "X-Api-Secret": secret}
    return httpx.get(f"{gateway.api_url}/api/v1/payments", headers=headers).status_code


def test_a_key_is_made_with_a_name_and_works(
    newcomers_dashboard: Dashboard, gateway: Gateway, page: Page
) -> None:
    open_keys(newcomers_dashboard)
    newcomers_dashboard.get("create-key-button").click()
    newcomers_dashboard.wait_for("key-name-input").fill("Second shop")
    page.keyboard.press("Enter")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    newcomers_dashboard.wait_for("new-api-secret")
    page.get_by_role("button", name="Copy Secret").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    key, secret = new_key(newcomers_dashboard)
    assert copied == secret
    row = row_of(newcomers_dashboard, key)
    expect(row.locator('[data-test-id="key-name"]')).to_have_text("Second shop")
    expect(row.locator('[data-test-id="key-status"]')).to_have_text("active")
    expect(row.locator('[data-test-id="key-last-used"]')).to_have_text("Never")
    assert answer_to(gateway, key, secret) == 200
    assert answer_to(gateway, key, "secret_other") == 401


def test_a_rolled_key_stays_valid_for_the_overlap(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, gateway: Gateway, page: Page
) -> None:
    old = newcomer.merchant.credentials
    open_keys(newcomers_dashboard)
    newcomers_dashboard.get("roll-key-button").click()
    newcomers_dashboard.wait_for("roll-overlap").select_option("3600")
    newcomers_dashboard.get("roll-key-confirm").click()
    key, secret = new_key(newcomers_dashboard)
    assert answer_to(gateway, key, secret) == 200
    assert answer_to(gateway, old["X-Api-Key"], old["X-Api-Secret"]) == 200
    former = row_of(newcomers_dashboard, old["X-Api-Key"])
    status = former.locator('[data-test-id="key-status"]')
    expect(status).to_have_text(re.compile(r"^expiring\s*in (1 hr|59 min)"))
    expect(row_of(newcomers_dashboard, key)).to_contain_text("primary")
    former.locator('[data-test-id="revoke-key-button"]').click()
    newcomers_dashboard.wait_for("confirm-button").click()
    expect(status).to_contain_text("revoked")
    assert answer_to(gateway, old["X-Api-Key"], old["X-Api-Secret"]) == 401
    assert answer_to(gateway, key, secret) == 200


def test_a_key_rolled_without_overlap_ends_at_once(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, gateway: Gateway
) -> None:
    old = newcomer.merchant.credentials
    open_keys(newcomers_dashboard)
    newcomers_dashboard.get("roll-key-button").click()
    newcomers_dashboard.wait_for("roll-overlap").select_option("0")
    newcomers_dashboard.get("roll-key-confirm").click()
    key, secret = new_key(newcomers_dashboard)
    assert answer_to(gateway, old["X-Api-Key"], old["X-Api-Secret"]) == 401
    assert answer_to(gateway, key, secret) == 200


def test_revoking_asks_first(newcomers_dashboard: Dashboard, newcomer: Newcomer, gateway: Gateway) -> None:
    key, secret = newcomer.merchant.credentials["X-Api-Key"], newcomer.merchant.credentials["X-Api-Secret"]
    open_keys(newcomers_dashboard)
    newcomers_dashboard.get("revoke-key-button").click()
    newcomers_dashboard.wait_for("revoke-key-dialog").get_by_role("button", name="Cancel").click()
    assert answer_to(gateway, key, secret) == 200
    newcomers_dashboard.get("revoke-key-button").click()
    newcomers_dashboard.wait_for("confirm-button").click()
    status = row_of(newcomers_dashboard, key).locator('[data-test-id="key-status"]')
    expect(status).to_contain_text("revoked")
    expect(newcomers_dashboard.get("revoke-key-button")).to_have_count(0)
    assert answer_to(gateway, key, secret) == 401


def test_a_use_is_seen(newcomers_dashboard: Dashboard, newcomer: Newcomer) -> None:
    newcomer.merchant.order()
    open_keys(newcomers_dashboard)
    used = newcomers_dashboard.get("key-last-used").locator("time")
    deadline_ms = USE_SHOWN_WITHIN_MS
    while not used.count() and deadline_ms > 0:
        newcomers_dashboard.page.wait_for_timeout(1_000)
        deadline_ms -= 1_000
        open_keys(newcomers_dashboard)
    expect(used).to_have_count(1)


def test_names_are_text(newcomers_dashboard: Dashboard, page: Page) -> None:
    open_keys(newcomers_dashboard)
    for text in CORPUS:
        newcomers_dashboard.get("create-key-button").click()
        newcomers_dashboard.wait_for("key-name-input").fill(text)
        newcomers_dashboard.get("create-key-confirm").click()
        key, _ = new_key(newcomers_dashboard)
        expect(row_of(newcomers_dashboard, key).locator('[data-test-id="key-name"]')).to_have_text(text)
    page.reload()
    newcomers_dashboard.wait_for("key-row")
    newcomers_dashboard.get("revoke-key-button").first.click()
    expect(newcomers_dashboard.wait_for("revoke-key-dialog")).to_contain_text(CORPUS[-1])
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('main :is(script, iframe, img)').length") == 0


def test_the_limit_is_said_in_the_dialog(newcomers_dashboard: Dashboard, page: Page) -> None:
    open_keys(newcomers_dashboard)
    make = """Promise.all(Array.from({length: 20}, () => fetch('/api/v1/api-keys', {
        method: 'POST', body: '{}', headers: {'Content-Type': 'application/json', 'X-Gateway-Dashboard': '1'},
    }).then((answer) => answer.status)))"""
    assert sorted(page.evaluate(make)) == [201] * 19 + [400]
    newcomers_dashboard.get("create-key-button").click()
    newcomers_dashboard.wait_for("create-key-confirm").click()
    expect(newcomers_dashboard.wait_for("error-note")).to_contain_text("revoke one first")


def test_accessible_and_whole(newcomers_dashboard: Dashboard, page: Page) -> None:
    open_keys(newcomers_dashboard)
    newcomers_dashboard.get("create-key-button").click()
    newcomers_dashboard.wait_for("key-name-input").fill("Shop server in Mumbai, behind the load balancer")
    look(page, "dashboard-keys-create", full_page=False)
    newcomers_dashboard.get("create-key-confirm").click()
    newcomers_dashboard.wait_for("new-api-secret")
    look(page, "dashboard-keys-secret", full_page=False)
    newcomers_dashboard.get("new-key-done").click()
    newcomers_dashboard.get("roll-key-button").last.click()
    newcomers_dashboard.wait_for("roll-key-confirm").click()
    new_key(newcomers_dashboard)
    look(page, "dashboard-keys", full_page=False)
    newcomers_dashboard.get("revoke-key-button").first.click()
    newcomers_dashboard.wait_for("revoke-key-dialog")
    look(page, "dashboard-keys-revoke", full_page=False)
