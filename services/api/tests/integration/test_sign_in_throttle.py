"""Guessing passwords gets slow, for an account and for an address; the right one makes it quick again."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import TYPE_CHECKING

import httpx
import pytest

from gateway_core.domain.sign_in import ACCOUNT_THROTTLE, ADDRESS_THROTTLE

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

EMAIL = "asha@example.com"
LATER = "UPDATE sign_in_failures SET last_failed_at = last_failed_at - interval '10 minutes'"


async def fail(gateway: Gateway, times: int, email: str = EMAIL, **headers: str) -> None:
    for _ in range(times):
        assert (await gateway.try_to_sign_in(email, "wrong", **headers)).status_code == 401


def refused_for_s(response: httpx.Response) -> int:
    assert response.status_code == 429
    assert response.json()["error"]["code"] == "RATE_LIMIT_ERROR"
    return int(response.headers["retry-after"])


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
async def test_an_account_waits_longer_and_longer_whether_it_is_there_or_not(
    gateway: Gateway, email: str
) -> None:
    await gateway.add_person()
    await fail(gateway, ACCOUNT_THROTTLE.free, email)
    # Even the right password is not looked at meanwhile, and asking does not make it longer.
    waits_s = [refused_for_s(await gateway.try_to_sign_in(spelt)) for spelt in (email, email, email.upper())]
    assert waits_s == sorted(waits_s, reverse=True)
    assert 0 < waits_s[0] <= 5
    await gateway.rows.run(LATER)
    await fail(gateway, 1, email)
    assert 5 < refused_for_s(await gateway.try_to_sign_in(email)) <= 10


async def test_others_are_not_held_up(gateway: Gateway) -> None:
    await gateway.add_person()
    await fail(gateway, ACCOUNT_THROTTLE.free, "nobody@example.com")
    assert (await gateway.try_to_sign_in(EMAIL)).status_code == 200


async def test_success_starts_the_account_from_nothing(gateway: Gateway) -> None:
    await gateway.add_person()
    await fail(gateway, ACCOUNT_THROTTLE.free - 1)
    assert (await gateway.try_to_sign_in(EMAIL)).status_code == 200
    await fail(gateway, ACCOUNT_THROTTLE.free)
    assert refused_for_s(await gateway.try_to_sign_in(EMAIL))


async def test_an_address_that_tries_many_accounts_waits(gateway: Gateway) -> None:
    await gateway.add_person()
    await fail(gateway, 1, "first@example.com")
    await gateway.rows.run(
        "UPDATE sign_in_failures SET failures = failures + %s", (ADDRESS_THROTTLE.free - 1,)
    )
    assert refused_for_s(await gateway.try_to_sign_in(EMAIL))
    elsewhere = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    assert (await gateway.try_to_sign_in(EMAIL, **elsewhere)).status_code == 200


async def test_who_signs_in_to_one_account_cannot_try_others_for_free(gateway: Gateway) -> None:
    await gateway.add_person()
    await fail(gateway, 3, "nobody@example.com")
    for _ in range(3):
        assert (await gateway.try_to_sign_in(EMAIL)).status_code == 200
    assert await gateway.rows.values("SELECT failures FROM sign_in_failures ORDER BY 1") == [0, 3, 3]


async def test_tries_at_once_are_counted_too(gateway: Gateway) -> None:
    await gateway.add_person()
    responses = await asyncio.gather(*(gateway.try_to_sign_in(EMAIL, "wrong") for _ in range(20)))
    statuses = [response.status_code for response in responses]
    assert sorted(set(statuses)) == [401, 429]
    assert statuses.count(401) == ACCOUNT_THROTTLE.free


async def test_the_seeded_merchants_any_password_is_never_throttled(gateway: Gateway) -> None:
    await fail(gateway, 1, "nobody@example.com")
    await gateway.rows.run("UPDATE sign_in_failures SET failures = 1000")
    responses = await asyncio.gather(*(gateway.try_to_sign_in() for _ in range(20)))
    assert {response.status_code for response in responses} == {200}


async def test_a_refused_cross_site_sign_in_is_not_counted(gateway: Gateway) -> None:
    await gateway.try_to_sign_in(EMAIL, "wrong", Origin="http://localhost:3001")
    assert await gateway.rows.one("SELECT count(*) FROM sign_in_failures") == 0


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(gateway: Gateway) -> None:
    await gateway.add_person()

    async def took_s(email: str) -> float:
        await gateway.rows.run("DELETE FROM sign_in_failures")
        began_s = time.perf_counter()
        assert (await gateway.try_to_sign_in(email, "wrong")).status_code == 401
        return time.perf_counter() - began_s

    await took_s("warm@example.com")
    known_s, unknown_s = [], []
    for number in range(5):
        known_s.append(await took_s(EMAIL))
        unknown_s.append(await took_s(f"nobody{number}@example.com"))
    # Without Argon2 an unknown address would be answered some thirty times faster.
    assert median(unknown_s) > median(known_s) / 3
    assert median(known_s) > median(unknown_s) / 3
