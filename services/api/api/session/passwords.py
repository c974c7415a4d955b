"""Passwords under Argon2id (RFC 9106), off the event loop and a few at a time: each takes 64 MiB and both cores."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway_core.runtime.coalescer import Overloaded
from gateway_core.runtime.passwords import password_hasher

AT_ONCE: Final = 2
MAX_WAITING: Final = 50

Result = TypeVar("Result")


class Passwords:
    """Hashes and verifies. ``hasher`` other than RFC 9106's low-memory profile is for tests."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or password_hasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys_hash: str | None = None

    async def hash(self, password: str) -> str:
        """``password`` under a new salt, in PHC form."""
        return await self._in_thread(lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether ``password`` is the one; without a hash never, in the same time. Raises Overloaded."""
        return await self._in_thread(lambda: self._matches(password_hash, password))

    def is_outdated(self, password_hash: str) -> bool:
        """Made under other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    async def aclose(self) -> None:
        """Wait for no more than what runs."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password_hash: str | None, password: str) -> bool:
        # What an unknown account's password is compared with: it costs the same, and nobody has it.
        if self._nobodys_hash is None:
            self._nobodys_hash = self._hasher.hash(secrets.token_hex())
        try:
            return self._hasher.verify(password_hash or self._nobodys_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= MAX_WAITING:
            raise Overloaded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
