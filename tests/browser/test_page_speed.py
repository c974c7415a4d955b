"""LCP and CLS on slow 4G with a CPU four times slower; run with ``-s`` to see the numbers."""

from __future__ import annotations

import sys

import pytest
from browser_kit.checkout_page import CheckoutPage
from browser_kit.fake_api import FakeApi
from playwright.sync_api import Page

pytestmark = pytest.mark.e2e

TARGET_LCP_MS = 1_800
MAX_CLS = 0.02
# Lighthouse's slow 4G: 150 ms round trips, 1.6 Mbit/s down, 750 kbit/s up.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 96_000}
CPU_SLOWDOWN = 4
OBSERVE = """
window.vitals = {lcp: 0, cls: 0};
new PerformanceObserver(list => { for (const entry of list.getEntries()) vitals.lcp = entry.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) vitals.cls += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


@pytest.mark.parametrize("locale", ["en", "hi"])
def test_the_page_is_fast_and_steady(page: Page, api: FakeApi, checkout_url: str, locale: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    page.add_init_script(OBSERVE)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{checkout_url}/checkout?order_id={api.order().id}&locale={locale}")
    checkout = CheckoutPage(page)
    checkout.wait_for("pay-button")
    page.wait_for_timeout(500)  # a later, larger paint would count
    measured = page.evaluate("vitals")
    sys.stdout.write(
        f"checkout page ({locale}): LCP {measured['lcp']:.0f} ms (target {TARGET_LCP_MS}), CLS {measured['cls']:.4f}\n"
    )
    # How long it took belongs to the machine and is only printed; that nothing jumps belongs to the page.
    assert measured["lcp"] > 0
    assert measured["cls"] <= MAX_CLS
