"""How the tests are spread over processes: file by file, but those that share a gateway all go to one.

Another process would start the same gateway again, half a minute of CPU, and keep it until the end.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

SHARE_A_GATEWAY: Final = ("tests/browser/dashboard/", "tests/e2e/shop/")


class ByGateway(LoadFileScheduling):  # type: ignore[misc]
    """As ``--dist loadfile``, with these folders as one file each."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((folder for folder in SHARE_A_GATEWAY if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGateway:
    """The hook of pytest-xdist, in the process that hands the tests out."""
    return ByGateway(config, log)
