"""axe-core on the current page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


def violations(shown: Page | Frame) -> list[str]:
    """One line for each rule that is broken, with the element; the rules are axe's own defaults."""
    if not shown.evaluate("'axe' in window"):
        shown.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = shown.evaluate(RUN)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]
