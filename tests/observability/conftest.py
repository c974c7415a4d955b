"""Gateways of their own, and the real Prometheus where the machine has one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_asyncio import is_async_test

from devstack.servers import Server
from gateway_core.testing.databases import TemplateDatabase
from tests.e2e.stack import StackMaker
from tests.observability.prometheus import Programs, find_programs

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def fresh(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> StackMaker:
    """Makes gateways."""
    template = TemplateDatabase(postgres_server.url, "observability")
    return StackMaker(template, lambda: tmp_path_factory.mktemp("stack"))


@pytest.fixture(scope="session")
def programs() -> Programs:
    """``prometheus`` and ``promtool``; skipped without them."""
    found = find_programs()
    if found is None:
        pytest.skip("PROMETHEUS IS MISSING, nothing about its rules is proven: make prometheus")
    return found


@pytest.fixture
def observability() -> Path:
    """The folder of rules and dashboards."""
    return ROOT / "observability"
