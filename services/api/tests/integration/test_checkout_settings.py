"""Which sites may frame a merchant's checkout."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

SETTINGS = "/api/v1/checkout/settings"
LOCAL = ["http://localhost:*", "http://127.0.0.1:*"]
SHOPS = ["https://shop.example", "http://localhost:4000"]


async def origins_of(gateway: Gateway, order_id: str) -> list[str]:
    response = await gateway.get(f"/api/v1/checkout/origins?order_id={order_id}", headers={})
    assert response.status_code == 200
    assert list(response.json()) == ["allowed_origins"]
    origins: list[str] = response.json()["allowed_origins"]
    return origins


async def test_a_merchant_names_its_sites(gateway: Gateway) -> None:
    order = await gateway.order()
    assert (await gateway.get(SETTINGS)).json() == {"allowed_origins": []}
    response = await gateway.post(SETTINGS, {"allowed_origins": [*SHOPS, SHOPS[0]]}, method="PUT")
    assert (response.status_code, response.json()) == (200, {"allowed_origins": SHOPS})
    assert (await gateway.get(SETTINGS)).json() == {"allowed_origins": SHOPS}
    assert await origins_of(gateway, order["id"]) == SHOPS


async def test_a_local_evaluation_starts_with_this_machine(gateway: Gateway) -> None:
    order = await gateway.order()
    assert await origins_of(gateway, order["id"]) == LOCAL
    await gateway.post(SETTINGS, {"allowed_origins": SHOPS}, method="PUT")
    await gateway.post(SETTINGS, {"allowed_origins": []}, method="PUT")
    assert await origins_of(gateway, order["id"]) == LOCAL


async def test_in_production_no_site_is_allowed_that_was_not_named(
    make_gateway: Callable[..., Gateway],
) -> None:
    async with make_gateway(gateway_env="production", encryption_key="k" * 32) as gateway:
        order = await gateway.order()
        assert await origins_of(gateway, order["id"]) == []
        await gateway.post(SETTINGS, {"allowed_origins": SHOPS}, method="PUT")
        assert await origins_of(gateway, order["id"]) == SHOPS


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ({}, "allowed_origins must be a list of strings"),
        ({"allowed_origins": None}, "allowed_origins must be a list of strings"),
        ({"allowed_origins": "https://shop.example"}, "allowed_origins must be a list of strings"),
        (
            {"allowed_origins": ["https://*.example"]},
            "allowed_origins must be origins like https://shop.example, without paths and wildcards",
        ),
        (
            {"allowed_origins": ["http://shop.example"]},
            "allowed_origins must start with https:// (http:// only for localhost and 127.0.0.1)",
        ),
        (
            {"allowed_origins": [f"https://s{n}.example" for n in range(21)]},
            "allowed_origins must be at most 20",
        ),
    ],
)
async def test_what_names_no_sites_changes_nothing(gateway: Gateway, body: object, description: str) -> None:
    await gateway.post(SETTINGS, {"allowed_origins": SHOPS}, method="PUT")
    response = await gateway.post(SETTINGS, body, method="PUT")
    assert (response.status_code, response.json()["error"]["description"]) == (400, description)
    assert (await gateway.get(SETTINGS)).json() == {"allowed_origins": SHOPS}


async def test_only_the_merchant_itself_has_settings(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    await gateway.post(SETTINGS, {"allowed_origins": SHOPS}, method="PUT", headers=gateway.other_headers)
    assert (await gateway.get(SETTINGS)).json() == {"allowed_origins": []}
    assert (await gateway.get(SETTINGS, headers={})).status_code == 401
    assert (
        await gateway.post(SETTINGS, {"allowed_origins": []}, method="PUT", headers={})
    ).status_code == 401


@pytest.mark.parametrize(
    "query", ["", "?order_id=", "?order_id=order_AAAAAAAAAAAAAAAAAAAAAA", "?order_id=%00"]
)
async def test_an_unknown_order_has_no_checkout(gateway: Gateway, query: str) -> None:
    response = await gateway.get(f"/api/v1/checkout/origins{query}", headers={})
    assert (response.status_code, response.json()["error"]["description"]) == (404, "Order not found")
