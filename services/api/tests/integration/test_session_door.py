"""What a session opens, and that only the dashboard's own pages can use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.requests import Request

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

CROSS_SITE = b'{"error":{"code":"FORBIDDEN_ERROR","description":"Cross-site request refused"}}'
KEY_CALLER = b'{"error":{"code":"FORBIDDEN_ERROR","description":"Sign in to the dashboard to do this"}}'
READS = [
    "/api/v1/orders",
    "/api/v1/payments",
    "/api/v1/webhooks",
    "/api/v1/webhooks/config",
    "/api/v1/api-keys",
]
SESSION_ONLY = [
    ("GET", "/api/v1/api-keys"),
    ("POST", "/api/v1/api-keys"),
    ("POST", "/api/v1/api-keys/key_test_abc123/roll"),
    ("POST", "/api/v1/api-keys/key_test_abc123/revoke"),
    ("GET", "/api/v1/webhooks/secret"),
]
ACTS = [
    ("POST", "/api/v1/orders"),
    ("PUT", "/api/v1/webhooks/config"),
    ("POST", "/api/v1/webhooks/test"),
    ("POST", "/api/v1/api-keys"),
    ("POST", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
]
# What a browser sends along: a page of another port of the same host, another site, a script outside any page.
ELSEWHERE: dict[str, dict[str, str | None]] = {
    "another port": {"Origin": "http://localhost:3001", "Sec-Fetch-Site": "same-site"},
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "same site": {"Sec-Fetch-Site": "same-site"},
    "a lying origin": {"Sec-Fetch-Site": "cross-site"},
    "an old browser": {"Sec-Fetch-Site": None},
    "no origin": {"Origin": None},
    "a sandboxed frame": {"Origin": "null"},
    "the same port by another name": {"Origin": "http://[::1]:3000"},
    "a form": {"X-Gateway-Dashboard": None},
}


def changed(headers: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**headers, **changes}.items() if value is not None}


async def test_a_session_opens_what_a_key_opens(gateway: Gateway) -> None:
    headers = await gateway.sign_in()
    for path in READS:
        assert (await gateway.get(path, headers=headers)).status_code == 200, path
    order = await gateway.post("/api/v1/orders", {"amount": 50000}, headers=headers)
    assert order.status_code == 201
    assert (await gateway.get(f"/api/v1/orders/{order.json()['id']}")).status_code == 200


async def test_a_session_shows_its_own_merchants_only(gateway: Gateway) -> None:
    await gateway.add_person()
    order = await gateway.order()
    headers = await gateway.sign_in("asha@example.com")
    assert (await gateway.get("/api/v1/orders", headers=headers)).json() == []
    assert (await gateway.get(f"/api/v1/orders/{order['id']}", headers=headers)).status_code == 404


@pytest.mark.parametrize("changes", ELSEWHERE.values(), ids=ELSEWHERE.keys())
async def test_nobody_else_acts_with_it(gateway: Gateway, changes: dict[str, str | None]) -> None:
    signed_in = await gateway.sign_in()
    for method, path in ACTS:
        body = {"amount": 50000, "email": "test@example.com", "password": "x"}
        response = await gateway.post(path, body, method=method, headers=changed(signed_in, changes))
        assert (response.status_code, response.content) == (403, CROSS_SITE), path
        assert "set-cookie" not in response.headers
    assert await gateway.rows.one("SELECT count(*) FROM orders") == 0
    assert await gateway.rows.one("SELECT count(*) FROM sessions") == 1


@pytest.mark.parametrize(
    ("site", "status"),
    [(None, 200), ("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403)],
)
async def test_nobody_else_reads_with_it(gateway: Gateway, site: str | None, status: int) -> None:
    cookie = {"Cookie": (await gateway.sign_in())["Cookie"]}
    for path in (*READS, "/api/v1/session"):
        response = await gateway.get(path, headers=changed(cookie, {"Sec-Fetch-Site": site}))
        assert response.status_code == status, path
        assert status == 200 or response.content == CROSS_SITE


async def test_no_answer_is_readable_from_another_origin(gateway: Gateway) -> None:
    headers = {**(await gateway.sign_in()), "Origin": "http://localhost:3001"}
    for method, path in ACTS:
        response = await gateway.post(path, {}, method=method, headers=headers)
        assert not [name for name in response.headers if name.startswith("access-control-")], path


async def test_the_headers_of_a_key_win(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    await gateway.order()
    signed_in = await gateway.sign_in()
    both = await gateway.get("/api/v1/orders", headers={**signed_in, **gateway.other_headers})
    assert (both.status_code, both.json()) == (200, [])
    for wrong in ({"X-Api-Key": "key_test_abc123"}, {"X-Api-Secret": ""}):
        assert (await gateway.get("/api/v1/orders", headers={**signed_in, **wrong})).status_code == 401
    # Nobody can make a browser send these, so they need none of the dashboard's headers.
    assert (await gateway.post("/api/v1/orders", {"amount": 100})).status_code == 201


async def test_key_callers_are_told_to_sign_in_for_what_only_people_may(gateway: Gateway) -> None:
    signed_in = await gateway.sign_in()
    for method, path in SESSION_ONLY:
        for headers in (gateway.headers, {**signed_in, **gateway.headers}):
            response = await gateway.post(path, {}, method=method, headers=headers)
            assert (response.status_code, response.content) == (403, KEY_CALLER), path
        wrong = {**gateway.headers, "X-Api-Secret": "wrong"}
        assert (await gateway.post(path, {}, method=method, headers=wrong)).status_code == 401
        assert (await gateway.post(path, {}, method=method, headers={})).status_code == 401
    assert await gateway.rows.one("SELECT count(*) FROM api_keys") == 1


async def test_a_long_answer_can_ask_whether_its_reader_may_stay(gateway: Gateway) -> None:
    door, signed_in = gateway.services.authenticator, await gateway.sign_in()

    def asked_with(headers: dict[str, str]) -> Request:
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        return Request({"type": "http", "method": "GET", "headers": raw})

    await gateway.rows.run("UPDATE sessions SET last_seen_at = now() - interval '1 hour'")
    before = await gateway.rows.one("SELECT last_seen_at FROM sessions")
    assert await door.is_still_allowed(asked_with(signed_in))
    assert await door.is_still_allowed(asked_with(gateway.headers))
    assert await gateway.rows.one("SELECT last_seen_at FROM sessions") == before
    await gateway.client.delete("/api/v1/session", headers=signed_in)
    await gateway.rows.run("UPDATE api_keys SET revoked_at = now()")
    for headers in (signed_in, gateway.headers, {}):
        assert not await door.is_still_allowed(asked_with(headers))


async def test_key_callers_pay_for_no_session(gateway: Gateway) -> None:
    await gateway.order()
    before = gateway.pool.get_stats()["requests_num"]
    await gateway.get("/api/v1/orders/order_unknown00000000000")
    assert gateway.pool.get_stats()["requests_num"] - before <= 2  # the key, the order
    assert await gateway.rows.one("SELECT last_used_at IS NULL FROM api_keys")
