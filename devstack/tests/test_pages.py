"""devstack/pages.py, a script: what it gives npm."""

from __future__ import annotations

import runpy
from pathlib import Path

from devstack.binaries import REPOSITORY


def test_npm_keeps_its_cache_in_the_clone_where_home_is_no_place_for_it(tmp_path: Path) -> None:
    cache_of = runpy.run_path(str(REPOSITORY / "devstack" / "pages.py"))["cache_of"]
    assert cache_of(str(tmp_path)) == {}
    assert cache_of(str(tmp_path / "missing")) == {"npm_config_cache": str(REPOSITORY / "build" / "npm")}
