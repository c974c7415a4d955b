"""Gateways for the tests: one for all that leave it whole, and a maker of fresh ones for those that break it.

Everything runs in the session's event loop, so that the shared gateway's receiver lives as long as it does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pytest_asyncio import is_async_test

from devstack.servers import Server
from gateway_core.testing.databases import TemplateDatabase
from tests.e2e.stack import QUICK, Stack, StackMaker


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def fresh(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> StackMaker:
    """Makes gateways to break."""
    template = TemplateDatabase(postgres_server.url, "e2e")
    return StackMaker(template, lambda: tmp_path_factory.mktemp("stack"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop(fresh: StackMaker) -> AsyncIterator[Stack]:
    """The shared gateway, with short delays and retries. Tests leave it running and its receiver answering."""
    async with fresh(env=QUICK) as stack:
        yield stack
