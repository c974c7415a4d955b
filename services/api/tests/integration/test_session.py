"""A session from sign-in to its end."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from argon2 import PasswordHasher

from gateway_core.domain.events import rfc3339
from gateway_core.runtime.redaction import redact

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

PATH = "/api/v1/session"
WRONG = b'{"error":{"code":"AUTHENTICATION_ERROR","description":"Invalid email or password"}}'
SIGNED_OUT = b'{"error":{"code":"AUTHENTICATION_ERROR","description":"Invalid API credentials"}}'


def token_of(response: httpx.Response) -> str:
    cookie = response.headers["set-cookie"].partition(";")[0]
    return str(cookie.partition("=")[2])


async def is_signed_in(gateway: Gateway, headers: dict[str, str]) -> bool:
    response = await gateway.get("/api/v1/orders", headers=headers)
    assert response.status_code in (200, 401)
    assert response.status_code == 200 or response.content == SIGNED_OUT
    return response.status_code == 200


@pytest.mark.parametrize("email", ["test@example.com", " Test@Example.COM "])
@pytest.mark.parametrize("password", ["x", "anything at all", "पासवर्ड"])
async def test_the_seeded_merchant_takes_any_password(gateway: Gateway, email: str, password: str) -> None:
    response = await gateway.try_to_sign_in(email, password)
    assert response.status_code == 200
    body = response.json()
    assert body["merchant"] == {
        "id": str(gateway.merchant_id),
        "name": "Test Merchant",
        "email": "test@example.com",
        "api_key": "key_test_abc123",
        "time_zone": "UTC",
    }
    assert body["environment"] == "local"
    left = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12, seconds=5)
    assert response.headers["cache-control"] == "no-store"


async def test_a_person_signs_in_with_the_password_and_with_no_other(gateway: Gateway) -> None:
    merchant_id = await gateway.add_person()
    assert (await gateway.try_to_sign_in("asha@example.com")).json()["merchant"]["id"] == str(merchant_id)
    wrong = await gateway.try_to_sign_in("asha@example.com", gateway.password + " ")
    assert (wrong.status_code, wrong.content) == (401, WRONG)
    assert "set-cookie" not in wrong.headers


async def test_production_takes_no_password_for_the_seeded_merchant(
    make_gateway: Callable[..., Gateway],
) -> None:
    production: dict[str, Any] = {
        "gateway_env": "production",
        "encryption_key": "k" * 32,
        "dashboard_origins": "http://localhost:3000",
    }
    async with make_gateway(**production) as gateway:
        assert (await gateway.try_to_sign_in()).content == WRONG
        await gateway.add_person()
        response = await gateway.try_to_sign_in("asha@example.com")
        assert response.json()["environment"] == "production"
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("__Host-gateway_session=gwsess_")
        assert cookie.endswith("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure")
        assert await is_signed_in(gateway, {"Cookie": cookie.partition(";")[0]})


async def test_every_refusal_of_a_sign_in_is_the_same_bytes(gateway: Gateway) -> None:
    await gateway.add_person()
    await gateway.add_person("left@example.com")
    await gateway.rows.run("UPDATE merchants SET is_active = false WHERE email = 'left@example.com'")
    await gateway.add_person("new@example.com")
    await gateway.rows.run("UPDATE merchants SET password_hash = NULL WHERE email = 'new@example.com'")
    for email in ("asha@example.com", "nobody@example.com", "%", "'; --"):
        assert (await gateway.try_to_sign_in(email, "wrong")).content == WRONG, email
    for email in ("left@example.com", "new@example.com"):
        assert (await gateway.try_to_sign_in(email)).content == WRONG, email


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "test@example.com"}, "password"),
        ({"email": "test@example.com", "password": ""}, "password"),
        ({"email": 5, "password": "x"}, "email"),
        ({"email": "test@example.com", "password": "x" * 1025}, "password"),
    ],
)
async def test_an_invalid_sign_in_names_its_field(gateway: Gateway, body: object, field: str) -> None:
    response = await gateway.post(PATH, body, headers=gateway.dashboard_headers)
    assert (response.status_code, response.json()["error"]["field"]) == (400, field)


async def test_the_session_says_who_is_signed_in(gateway: Gateway) -> None:
    signed_in = await gateway.try_to_sign_in()
    headers = {"Cookie": f"gateway_session={token_of(signed_in)}"}
    response = await gateway.get(PATH, headers=headers)
    assert (response.status_code, response.json()) == (200, signed_in.json())
    assert "set-cookie" not in response.headers
    for nobody in ({}, {"Cookie": "gateway_session=gwsess_" + "A" * 43}, gateway.headers):
        assert (await gateway.get(PATH, headers=nobody)).status_code == 401


async def test_signing_in_again_ends_the_session_before(gateway: Gateway) -> None:
    before, elsewhere = await gateway.sign_in(), await gateway.sign_in()
    again = await gateway.try_to_sign_in(Cookie=before["Cookie"])
    assert token_of(again) not in before["Cookie"]
    assert not await is_signed_in(gateway, before)
    assert await is_signed_in(gateway, elsewhere)
    assert await is_signed_in(gateway, {"Cookie": f"gateway_session={token_of(again)}"})


async def test_a_planted_token_is_not_taken_over(gateway: Gateway) -> None:
    planted = "gateway_session=gwsess_" + "A" * 43
    assert token_of(await gateway.try_to_sign_in(Cookie=planted)) not in planted
    assert not await is_signed_in(gateway, {"Cookie": planted})


async def test_signing_out_ends_the_session_and_clears_the_cookie(gateway: Gateway) -> None:
    headers = await gateway.sign_in()
    for _ in range(2):
        response = await gateway.client.delete(PATH, headers=headers)
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["set-cookie"] == (
            "gateway_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        )
        assert not await is_signed_in(gateway, headers)
    assert await gateway.rows.one("SELECT count(*) FROM sessions") == 0


@pytest.mark.parametrize(
    ("statement", "stays"),
    [
        ("UPDATE sessions SET expires_at = now() + interval '5 seconds'", True),
        ("UPDATE sessions SET expires_at = now()", False),
        ("UPDATE sessions SET last_seen_at = now() - interval '1 hour 59 minutes'", True),
        ("UPDATE sessions SET last_seen_at = now() - interval '2 hours'", False),
        ("UPDATE merchants SET is_active = false", False),
        ("DELETE FROM sessions", False),
    ],
)
async def test_a_session_ends_in_time_and_at_once(gateway: Gateway, statement: Any, stays: bool) -> None:
    headers = await gateway.sign_in()
    await gateway.rows.run(statement)
    assert await is_signed_in(gateway, headers) is stays


async def test_the_twelve_hours_do_not_move(gateway: Gateway) -> None:
    response = await gateway.try_to_sign_in()
    headers = {"Cookie": f"gateway_session={token_of(response)}"}
    await gateway.rows.run("UPDATE sessions SET last_seen_at = now() - interval '1 hour'")
    assert await is_signed_in(gateway, headers)
    expires_at = await gateway.rows.one("SELECT expires_at FROM sessions")
    assert rfc3339(expires_at) == response.json()["expires_at"]


@pytest.mark.parametrize(("age_s", "is_written"), [(50, False), (61, True)])
async def test_use_is_written_down_at_most_once_a_minute(
    gateway: Gateway, age_s: int, is_written: bool
) -> None:
    headers = await gateway.sign_in()
    aged = "UPDATE sessions SET last_seen_at = now() - make_interval(secs => %s)"
    await gateway.rows.run(aged, (age_s,))
    before = await gateway.rows.one("SELECT last_seen_at FROM sessions")
    assert await is_signed_in(gateway, headers)
    after = await gateway.rows.one("SELECT last_seen_at FROM sessions")
    assert (after > before) is is_written


async def test_a_merchant_has_so_many_sessions_and_the_oldest_end_first(gateway: Gateway) -> None:
    oldest = await gateway.sign_in()
    await gateway.rows.run(
        """
        INSERT INTO sessions (token_sha256, merchant_id, expires_at)
        SELECT sha256(n::text::bytea), %s, now() + interval '1 hour' FROM generate_series(1, 99) n
        """,
        (gateway.merchant_id,),
    )
    assert await is_signed_in(gateway, oldest)
    newest = await gateway.sign_in()
    assert not await is_signed_in(gateway, oldest)
    assert await is_signed_in(gateway, newest)
    assert await gateway.rows.one("SELECT count(*) FROM sessions") == 100


async def test_a_hash_of_older_parameters_is_renewed(gateway: Gateway) -> None:
    await gateway.add_person()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(gateway.password)
    await gateway.rows.run("UPDATE merchants SET password_hash = %s WHERE name = 'Asha'", (weak,))
    await gateway.sign_in("asha@example.com")
    kept = await gateway.rows.one("SELECT password_hash FROM merchants WHERE name = 'Asha'")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    await gateway.sign_in("asha@example.com")
    assert await gateway.rows.one("SELECT password_hash FROM merchants WHERE name = 'Asha'") == kept


async def test_the_token_and_the_password_are_nowhere_but_in_the_cookie(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await gateway.add_person()
    response = await gateway.try_to_sign_in("asha@example.com")
    token = token_of(response)
    headers = {**gateway.dashboard_headers, "Cookie": f"gateway_session={token}"}
    seen = [response.text, (await gateway.get(PATH, headers=headers)).text]
    seen.append((await gateway.post("/api/v1/orders", b"{", headers=headers)).text)
    await gateway.try_to_sign_in("asha@example.com", "hunter2hunter2")
    stored = [json.dumps(row, default=str) for row in await gateway.rows.read("SELECT * FROM sessions")]
    stored += [
        json.dumps(row, default=str) for row in await gateway.rows.read("SELECT * FROM sign_in_failures")
    ]
    text = "\n".join([*seen, *stored, caplog.text, *map(repr, map(vars, caplog.records))])
    for secret in (token, gateway.password, "hunter2hunter2", "asha@example.com\x00"):
        assert secret not in text
    kept = await gateway.rows.one("SELECT token_sha256 FROM sessions")
    assert kept == hashlib.sha256(token.encode()).digest()
    assert token not in redact(f"cookie: gateway_session={token}")


async def test_a_page_can_ask_who_is_signed_in_without_an_error(gateway: Gateway) -> None:
    nobody = await gateway.get("/api/v1/session?optional=true", headers={"X-Gateway-Dashboard": "1"})
    assert (nobody.status_code, nobody.content) == (204, b"")
    cookie = await gateway.sign_in()
    assert (await gateway.get("/api/v1/session?optional=true", headers=cookie)).status_code == 200
    assert (await gateway.get("/api/v1/session?optional=1", headers=cookie)).status_code == 400
