"""Pictures to look at, in ``build/screenshots``."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[3] / "build" / "screenshots"


def take(page: Page, name: str, *, full_page: bool = False) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=full_page)
