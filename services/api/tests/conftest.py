"""The API on a database of the test's own, called in process; and one on fakes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import cache
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from api.app import Services, create_app, make_services
from api.settings import ApiSettings
from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries.merchants import NewMerchant, insert_merchant
from gateway_core.db.seed import TEST_MERCHANT_ID, seed_test_merchant
from gateway_core.runtime.crypto import Cipher, hash_api_secret
from gateway_core.testing.rows import Rows

TEST_HEADERS = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}
OTHER_HEADERS = {"X-Api-Key": "key_other", "X-Api-Secret": "secret_other_0123456789"}
# What the dashboard's own pages, and no others, bring along.
DASHBOARD_HEADERS = {
    "Origin": "http://localhost:3000",
    "Sec-Fetch-Site": "same-origin",
    "X-Gateway-Dashboard": "1",
}
PASSWORD = "correct horse battery staple"
UPI = {"method": "upi", "vpa": "user@paytm"}


def local_settings(database_url: str = "postgresql://nowhere", **more: Any) -> ApiSettings:
    """Settings of a local evaluation, whatever the environment says."""
    settings = {"gateway_env": "local", "redis_url": "redis://127.0.0.1:1", "test_endpoints": None, **more}
    return ApiSettings(database_url=database_url, **settings)


class Gateway:
    """An API and its test merchant, with short ways to call it."""

    headers = TEST_HEADERS
    other_headers = OTHER_HEADERS
    dashboard_headers = DASHBOARD_HEADERS
    password = PASSWORD

    def __init__(self, settings: ApiSettings, pool: Pool, rows: Rows) -> None:
        self.wakes = 0
        self.redis_is_up = True
        self.rows = rows
        self.pool = pool
        self.merchant_id = TEST_MERCHANT_ID
        self.services: Services = make_services(settings, pool, wake=self._wake, redis_ping=self._ping)
        self.app = create_app(settings, self.services)
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://api.test")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        await self.services.aclose()

    async def get(self, path: str, *, headers: Mapping[str, str] = TEST_HEADERS) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] = TEST_HEADERS,
        method: str = "POST",
    ) -> httpx.Response:
        sent = {**headers, "Content-Type": "application/json"}
        if key is not None:
            sent["Idempotency-Key"] = key
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.request(method, path, content=content, headers=sent)

    async def order(self, **fields: object) -> dict[str, Any]:
        """A new order of 50000 paise."""
        response = await self.post("/api/v1/orders", {"amount": 50000, **fields})
        assert response.status_code == 201, response.text
        return _object(response)

    async def payment(self, **fields: object) -> dict[str, Any]:
        """A new pending payment of a new order."""
        order = await self.order()
        response = await self.post("/api/v1/payments", {"order_id": order["id"], **UPI, **fields})
        assert response.status_code == 201, response.text
        return _object(response)

    async def successful_payment(self) -> dict[str, Any]:
        """A payment that the bank has approved."""
        payment = await self.payment()
        await self.succeed(payment["id"])
        return payment

    async def succeed(self, payment_id: str) -> None:
        """What the payment processor does when the bank approves."""
        await self.rows.run(
            """
            WITH paid AS (
                UPDATE payments SET status = 'success', next_attempt_at = NULL WHERE id = %s
                RETURNING id, order_id, merchant_id
            ), orders_paid AS (
                UPDATE orders o SET status = 'paid', active_payment_id = p.id FROM paid p WHERE o.id = p.order_id
            )
            INSERT INTO events (merchant_id, type, subject_id, payload)
            SELECT merchant_id, 'payment.success', id, '{}' FROM paid
            """,
            (payment_id,),
        )

    async def add_other_merchant(self) -> UUID:
        """Another merchant, who calls with ``OTHER_HEADERS``."""
        merchant = NewMerchant(
            id=uuid4(),
            name="Other",
            email="other@example.com",
            api_key=OTHER_HEADERS["X-Api-Key"],
            api_secret_sha256=hash_api_secret(OTHER_HEADERS["X-Api-Secret"]),
            webhook_secret_encrypted=Cipher("k" * 32).encrypt("whsec_other"),
        )
        async with transaction(self.pool) as conn:
            await insert_merchant(conn, merchant)
        return merchant.id

    async def add_person(self, email: str = "asha@example.com") -> UUID:
        """The other merchant's like, who signs in with ``PASSWORD``; it has no API key yet."""
        merchant_id = uuid4()
        await self.rows.run(
            "INSERT INTO merchants (id, name, email, api_key, password_hash) VALUES (%s, 'Asha', %s, %s, %s)",
            (merchant_id, email, f"key_{merchant_id}", _password_hash()),
        )
        return merchant_id

    async def try_to_sign_in(
        self, email: str = "test@example.com", password: str = PASSWORD, **headers: str
    ) -> httpx.Response:
        """What the login page sends, with headers of the test's own on top; the client keeps no cookie."""
        response = await self.post(
            "/api/v1/session",
            {"email": email, "password": password},
            headers={**DASHBOARD_HEADERS, **headers},
        )
        self.client.cookies.clear()
        return response

    async def sign_in(self, email: str = "test@example.com") -> dict[str, str]:
        """The headers of a page of the dashboard that has signed in."""
        response = await self.try_to_sign_in(email)
        assert response.status_code == 200, response.text
        cookie = response.headers["set-cookie"].partition(";")[0]
        return {**DASHBOARD_HEADERS, "Cookie": cookie}

    def _wake(self) -> None:
        self.wakes += 1

    async def _ping(self) -> bool:
        return self.redis_is_up


@cache
def _password_hash() -> str:
    return PasswordHasher().hash(PASSWORD)


def _object(response: httpx.Response) -> dict[str, Any]:
    value = response.json()
    assert isinstance(value, dict)
    return value


@pytest_asyncio.fixture
async def gateway(database_url: str, pool: Pool, rows: Rows) -> AsyncIterator[Gateway]:
    """A local gateway with its seeded merchant on a fresh database."""
    settings = local_settings(database_url)
    await seed_test_merchant(pool, settings)
    async with Gateway(settings, pool, rows) as running:
        yield running


@pytest.fixture
def gateway_on() -> Callable[[str, Pool, Rows], Awaitable[Gateway]]:
    """Makes a local gateway with its seeded merchant on a database of the test's choice."""

    async def make(database_url: str, pool: Pool, rows: Rows) -> Gateway:
        settings = local_settings(database_url)
        await seed_test_merchant(pool, settings)
        return Gateway(settings, pool, rows)

    return make


@pytest_asyncio.fixture
async def make_gateway(database_url: str, pool: Pool, rows: Rows) -> Callable[..., Gateway]:
    """Makes a gateway with settings of the test's own, on a fresh database with the seeded merchant."""
    await seed_test_merchant(pool, local_settings(database_url))

    def make(**settings: Any) -> Gateway:
        return Gateway(local_settings(database_url, **settings), pool, rows)

    return make


@pytest.fixture
def settings() -> ApiSettings:
    """Settings of a local evaluation without any database."""
    return local_settings()
