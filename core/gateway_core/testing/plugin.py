"""The pytest plugin: real PostgreSQL and Redis, a fresh database per test, a receiver, processes.

Servers start once per pytest process (so once per xdist worker) and only if a test asks for them. They sync
nothing to disk; the ``private_`` ones do, belong to one test, and may be killed and restarted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from devstack.servers import Server, start_postgres, start_redis
from gateway_core.db.migrate import upgrade
from gateway_core.db.pool import Pool, create_pool
from gateway_core.testing import environment
from gateway_core.testing.databases import TemplateDatabase, flush_redis
from gateway_core.testing.processes import Processes
from gateway_core.testing.receiver import Receiver
from gateway_core.testing.rows import Rows

POOL_SIZE = 10
MEMORY = Path("/dev/shm")
MIN_FREE_BYTES = 4 * 1024**3


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Before any test module is imported."""
    environment.forget_settings()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with processes of their own come first: they wait more than they work, which short ones make up for."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


@pytest.fixture(scope="session")
def _servers_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(
        prefix="gateway-test-", dir=_memory(), ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def _memory() -> Path | None:
    """A folder in memory with room for the session's servers, or None.

    A database is 300 files: on a disk that has seen many come and go, the kernel takes 90 ms of CPU to make one and
    remove it, in memory 12.
    """
    try:
        has_room = shutil.disk_usage(MEMORY).free >= MIN_FREE_BYTES
    except OSError:
        return None
    return MEMORY if has_room and os.access(MEMORY, os.W_OK) else None


@pytest.fixture(scope="session")
def postgres_server(_servers_dir: Path) -> Iterator[Server]:
    """The session's PostgreSQL; tests use ``database_url``."""
    server = start_postgres(_servers_dir / "postgres")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def redis_server(_servers_dir: Path) -> Iterator[Server]:
    """The session's Redis; tests use ``redis_url``."""
    server = start_redis(_servers_dir / "redis")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def _template_database(postgres_server: Server) -> TemplateDatabase:
    return TemplateDatabase(postgres_server.url)


@pytest.fixture
def database_url(_template_database: TemplateDatabase) -> Iterator[str]:
    """A migrated database of this test's own (``postgresql://``), without any merchant."""
    with _template_database.copy() as url:
        yield url


@pytest_asyncio.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on ``database_url``."""
    async with create_pool(database_url, size=POOL_SIZE, application_name="test") as opened:
        yield opened


@pytest.fixture
def rows(pool: Pool) -> Rows:
    """Makes and reads the rows of ``database_url``."""
    return Rows(pool)


@pytest.fixture
def redis_url(redis_server: Server) -> str:
    """The session's Redis, emptied."""
    flush_redis(redis_server.url)
    return redis_server.url


@pytest.fixture
def private_postgres(tmp_path: Path) -> Iterator[Server]:
    """A durable, migrated PostgreSQL for this test alone: stop, kill, start and restart it at will."""
    server = start_postgres(tmp_path / "private-postgres", durable=True)
    upgrade(server.url)
    yield server
    server.kill()


@pytest.fixture
def private_redis(tmp_path: Path) -> Iterator[Server]:
    """A Redis with an append-only file for this test alone: stop, kill, start and restart it at will."""
    server = start_redis(tmp_path / "private-redis", durable=True)
    yield server
    server.kill()


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A programmable webhook receiver on loopback."""
    async with Receiver() as running:
        yield running


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Starts ``python -m`` processes; what still runs after the test is killed."""
    with Processes(tmp_path) as started:
        yield started
