"""Checks of one page, light and dark, wide and narrow: accessible, no text cut off, and a screenshot."""

from __future__ import annotations

import itertools
from typing import Literal

from playwright.sync_api import Page

from browser_kit.accessibility import violations
from browser_kit.screenshots import take

WIDE, NARROW = SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
IS_CUT_OFF = "document.documentElement.scrollWidth > innerWidth"


def look(page: Page, name: str, *, full_page: bool = True) -> None:
    """AssertionError with the faults, if there are any. Leaves the page wide, dark and without motion."""
    for size, scheme in itertools.product(reversed(SIZES), SCHEMES):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        seen = f"{name}-{scheme}-{size['width']}"
        take(page, seen, full_page=full_page)
        assert (seen, violations(page)) == (seen, [])
        assert (seen, page.evaluate(IS_CUT_OFF)) == (seen, False)
