"""Without helm these tests are skipped, with a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chart.render import MISSING, helm_program

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if helm_program():
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=MISSING))
