"""Every state, light and dark, wide and narrow: no accessibility fault, no text cut off, and a screenshot."""

from __future__ import annotations

import pytest
from browser_kit import screenshots
from browser_kit.accessibility import violations
from browser_kit.fake_api import FakeApi
from browser_kit.looking import IS_CUT_OFF, look
from browser_kit.states import STATES, Stage
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("state", STATES)
def test_state_is_accessible_and_fits(browser: Browser, api: FakeApi, checkout_url: str, state: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    STATES[state](Stage(page, api, checkout_url, ""))
    look(page, state)
    assert problems == []
    context.close()


def test_hindi_fits_on_the_narrowest_phone(browser: Browser, api: FakeApi, checkout_url: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    page = context.new_page()
    for state in ("form_upi", "form_card_faults", "processing", "otp", "success", "failed"):
        STATES[state](Stage(page, api, checkout_url, "&locale=hi"))
        screenshots.take(page, f"{state}-hi-320", full_page=True)
        assert (state, violations(page)) == (state, [])
        assert page.evaluate(IS_CUT_OFF) is False
    context.close()


def test_a_planted_fault_is_caught(page: Page, api: FakeApi, checkout_url: str) -> None:
    STATES["form_upi"](Stage(page, api, checkout_url, ""))
    page.evaluate("document.querySelector('label[for=vpa]').remove()")
    assert [fault for fault in violations(page) if fault.startswith("label")]
