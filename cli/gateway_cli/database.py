"""The database as a command uses it: its settings and one connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg
from psycopg.rows import dict_row
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway_core.db.pool import (
    CONNECT_TIMEOUT_S,
    SESSION_OPTIONS,
    STATEMENT_TIMEOUT_MS,
    UNAVAILABLE,
    Connection,
)
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.settings import CoreSettings, DatabaseUrl

__all__ = ["UNAVAILABLE", "DatabaseSettings", "KeySettings", "Refused", "connect", "one_line", "run"]

Result = TypeVar("Result")


class Refused(Exception):
    """The command cannot be carried out; the message is a sentence for its user."""


class DatabaseSettings(BaseSettings):
    """For commands that need PostgreSQL only: a restored backup is checked before it has a Redis or a key."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    database_url: DatabaseUrl


class KeySettings(CoreSettings):
    """For commands that encrypt or decrypt: the API's settings, without Redis."""

    redis_url: str = ""

    @property
    def cipher(self) -> Cipher:
        return Cipher(self.encryption_key.get_secret_value(), self.old_encryption_keys)


@asynccontextmanager
async def connect(
    database_url: str, *, statement_timeout_ms: int = STATEMENT_TIMEOUT_MS
) -> AsyncIterator[Connection]:
    """A connection in autocommit mode, on which ``conn.transaction()`` makes a transaction. Raises ``UNAVAILABLE``."""
    connecting = psycopg.AsyncConnection.connect(
        database_url,
        autocommit=True,
        row_factory=dict_row,
        connect_timeout=CONNECT_TIMEOUT_S,
        application_name="gateway-cli",
        options=f"{SESSION_OPTIONS} -c statement_timeout={statement_timeout_ms}",
    )
    async with await connecting as conn:
        yield conn


def run(
    database_url: str,
    operation: Callable[[Connection], Awaitable[Result]],
    *,
    statement_timeout_ms: int = STATEMENT_TIMEOUT_MS,
) -> Result:
    """What ``operation`` returns on a connection of its own. Raises ``UNAVAILABLE`` and what it raises."""

    async def connected() -> Result:
        async with connect(database_url, statement_timeout_ms=statement_timeout_ms) as conn:
            return await operation(conn)

    return asyncio.run(connected())


def one_line(error: BaseException) -> str:
    """The error's message without line breaks."""
    return " ".join(str(error).split())
