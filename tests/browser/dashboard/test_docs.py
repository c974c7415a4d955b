"""The docs page: its samples work, with the merchant's own key and addresses."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from browser_kit.dashboard import Dashboard, Newcomer
from browser_kit.gateway import Gateway
from browser_kit.looking import look
from playwright.sync_api import Page, expect

from gateway_core.testing.processes import find_program

pytestmark = pytest.mark.e2e

PATH = "/dashboard/docs"
SAMPLES = Path(__file__).resolve().parents[3] / "web" / "dashboard" / "samples"
RUN_TIMEOUT_S = 30
PROGRAMS = {
    "curl": ["bash", "-c"],
    "Node": ["node", "--input-type=module", "-e"],
    "Python": ["python3", "-c"],
}


def open_docs(dashboard: Dashboard) -> None:
    dashboard.open(PATH)
    dashboard.wait_for("api-docs")


def copied(dashboard: Dashboard, section: str, name: str) -> str:
    """What the section's copy button puts into the clipboard."""
    dashboard.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dashboard.get(section).get_by_role("button", name=f"Copy {name}").click()
    expect(dashboard.get(section).get_by_role("button", name="Copied")).to_be_visible()
    return str(dashboard.page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize(
    ("language", "file"),
    [("Node", "verify.mjs"), ("Python", "verify.py"), ("Go", "verify.go"), ("PHP", "verify.php")],
)
def test_the_receivers_copied_are_the_files_that_tests_run(
    dashboard: Dashboard, language: str, file: str
) -> None:
    open_docs(dashboard)
    section = dashboard.get("section-webhook-verification")
    section.get_by_role("tab", name=language).click()
    text = copied(dashboard, "section-webhook-verification", f"Verify a webhook, {language}")
    assert text == (SAMPLES / file).read_text(encoding="utf-8")
    assert dashboard.get("code-snippet-webhook").text_content() == text


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_order_samples_make_an_order(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, language: str
) -> None:
    program = find_program(PROGRAMS[language][0])
    if program is None:
        pytest.skip(f"no {PROGRAMS[language][0]} on this machine")
    open_docs(newcomers_dashboard)
    newcomers_dashboard.get("section-create-order").get_by_role("tab", name=language).click()
    code = copied(newcomers_dashboard, "section-create-order", f"Create an order, {language}")
    assert newcomer.merchant.credentials["X-Api-Key"] in code
    secret = newcomer.merchant.credentials["X-Api-Secret"]
    ran = subprocess.run(
        [program, *PROGRAMS[language][1:], code],
        env={**os.environ, "API_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=True,
    )
    order_id = json.loads(ran.stdout)["id"] if language == "curl" else ran.stdout.strip()
    assert newcomer.merchant.request("GET", f"/orders/{order_id}")["amount"] == 49_900


def test_samples_name_the_merchants_own_key_and_no_secret(
    newcomers_dashboard: Dashboard, newcomer: Newcomer, gateway: Gateway
) -> None:
    open_docs(newcomers_dashboard)
    sdk = newcomers_dashboard.get("code-snippet-sdk")
    expect(sdk).to_contain_text(f'key: "{newcomer.merchant.credentials["X-Api-Key"]}"')
    expect(sdk).to_contain_text(f'src="{gateway.checkout_url}/checkout.js"')
    expect(newcomers_dashboard.get("code-snippet-create-order")).to_contain_text(gateway.api_url)
    content = newcomers_dashboard.page.content()
    assert newcomer.merchant.credentials["X-Api-Secret"] not in content
    assert "key_test_abc123" not in content
    assert (
        newcomers_dashboard.page.evaluate(
            "performance.getEntriesByType('resource').filter((entry) => entry.name.includes('webhooks/secret')).length"
        )
        == 0
    )


def test_a_link_leads_to_its_chapter(dashboard: Dashboard, page: Page) -> None:
    dashboard.open(f"{PATH}#errors")
    dashboard.wait_for("api-docs")
    expect(page.locator("#errors")).to_be_in_viewport()
    page.get_by_role("link", name="Verify webhooks").click()
    expect(page.locator("#webhooks h2")).to_be_in_viewport()


def test_accessible_and_whole(dashboard: Dashboard, page: Page) -> None:
    open_docs(dashboard)
    look(page, "dashboard-docs")
