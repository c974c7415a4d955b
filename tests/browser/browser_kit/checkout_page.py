"""The checkout as its payer sees it: found by the contract's test ids, in a tab or in a modal's frame."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Locator, Page, expect

VISA = "4111 1111 1111 1111"
FAR_EXPIRY = "12/39"
PATIENCE_MS = 15_000


class CheckoutPage:
    """``root`` is a page, or ``page.frame_locator(...)`` of the modal."""

    def __init__(self, root: Page | FrameLocator) -> None:
        self._root = root

    def get(self, test_id: str) -> Locator:
        return self._root.locator(f'[data-test-id="{test_id}"]')

    def wait_for(self, test_id: str) -> Locator:
        found = self.get(test_id)
        expect(found).to_be_visible(timeout=PATIENCE_MS)
        return found

    def pay_by_upi(self, vpa: str = "success@bank") -> None:
        self.get("method-upi").click()
        self.get("vpa-input").fill(vpa)
        self.get("pay-button").click()

    def fill_card(self, number: str = VISA, expiry: str = FAR_EXPIRY, cvv: str = "123") -> None:
        self.get("method-card").click()
        self.get("card-number-input").press_sequentially(number)
        self.get("expiry-input").press_sequentially(expiry)
        self.get("cvv-input").press_sequentially(cvv)
        self.get("cardholder-name-input").fill("Asha Rao")

    def pay_by_card(self, number: str = VISA) -> None:
        self.fill_card(number)
        self.get("pay-button").click()


def modal_of(page: Page) -> CheckoutPage:
    """The checkout inside the modal that is open on a shop's page."""
    return CheckoutPage(page.frame_locator('[data-test-id="payment-iframe"]'))
