"""Passwords: what is kept, what fits, and that only so many are tried at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from api.session.passwords import AT_ONCE, MAX_WAITING, Passwords
from gateway_core.runtime.coalescer import Overloaded

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class BlockingHasher(PasswordHasher):
    """Hashes once it is told to; knows how many were at it together."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()
        self.running = 0
        self.most = 0
        self._lock = threading.Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.go.wait(10)
        with self._lock:
            self.running -= 1
        return super().hash(password, salt=salt)


@pytest_asyncio.fixture
async def passwords() -> AsyncIterator[Passwords]:
    made = Passwords(QUICK)
    yield made
    await made.aclose()


async def test_the_right_password_fits_and_no_other(passwords: Passwords) -> None:
    kept = await passwords.hash("corréct hörse")
    assert kept.startswith("$argon2id$")
    assert "horse" not in kept
    assert await passwords.verify(kept, "corréct hörse")
    for wrong in ("", "corréct hörse ", "Corréct hörse", kept):
        assert not await passwords.verify(kept, wrong)


async def test_the_same_password_is_kept_under_another_salt(passwords: Passwords) -> None:
    assert await passwords.hash("the same") != await passwords.hash("the same")


@pytest.mark.parametrize(
    "kept", [None, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$broken", "$2b$12$" + "a" * 53]
)
async def test_nothing_fits_what_is_no_hash(passwords: Passwords, kept: str | None) -> None:
    for password in ("", "plain", "x"):
        assert not await passwords.verify(kept, password)


async def test_a_hash_of_other_parameters_is_outdated(passwords: Passwords) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    assert not passwords.is_outdated(QUICK.hash("x"))
    assert passwords.is_outdated(stronger.hash("x"))


async def test_the_parameters_are_rfc_9106s() -> None:
    real = Passwords()
    assert (await real.hash("x")).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    await real.aclose()


async def test_only_so_many_are_hashed_at_once_and_only_so_many_wait() -> None:
    hasher = BlockingHasher()
    passwords = Passwords(hasher)
    waiting = [asyncio.create_task(passwords.hash("x")) for _ in range(MAX_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await passwords.hash("one too many")
    hasher.go.set()
    assert len(await asyncio.gather(*waiting)) == MAX_WAITING
    assert 1 <= hasher.most <= AT_ONCE
    assert await passwords.hash("room again")
    await passwords.aclose()
