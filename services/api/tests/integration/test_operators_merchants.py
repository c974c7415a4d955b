"""Merchants that the command ``gateway merchants`` has created or changed, as the API treats them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from gateway_cli.database import connect
from gateway_cli.merchants import create, deactivate, set_password
from gateway_core.runtime.crypto import Cipher

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

EMAIL, PASSWORD = "asha@example.com", "correct horse battery staple"
PRODUCTION: dict[str, Any] = {
    "gateway_env": "production",
    "encryption_key": "k" * 32,
    "dashboard_origins": "http://localhost:3000",
}


async def test_a_merchant_is_let_in_until_it_is_deactivated(
    make_gateway: Callable[..., Gateway], database_url: str
) -> None:
    gateway = make_gateway(**PRODUCTION)

    async def answers(headers: dict[str, str]) -> int:
        return (await gateway.get("/api/v1/orders", headers=headers)).status_code

    async def sign_in(password: str) -> tuple[int, dict[str, str]]:
        response = await gateway.try_to_sign_in(EMAIL, password)
        return response.status_code, {"Cookie": response.headers.get("set-cookie", "").partition(";")[0]}

    async with connect(database_url) as conn:
        cipher = Cipher(PRODUCTION["encryption_key"])
        created = await create(conn, cipher, name="Asha's Tea", email=EMAIL.title(), password=PASSWORD)
        key = {"X-Api-Key": created.api_key, "X-Api-Secret": created.api_secret}
        status, first = await sign_in(PASSWORD)
        assert (status, await answers(key), await answers(first)) == (200, 200, 200)
        _, generated = await set_password(conn, EMAIL)
        assert (await answers(first), (await sign_in(PASSWORD))[0]) == (401, 401)
        status, second = await sign_in(str(generated))
        assert (status, await answers(second)) == (200, 200)
        await deactivate(conn, EMAIL)
    assert (await answers(key), await answers(second), (await sign_in(str(generated)))[0]) == (401, 401, 401)
