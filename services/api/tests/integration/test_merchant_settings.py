"""What a merchant sets about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

SETTINGS = "/api/v1/merchant/settings"
ALL = {
    "name": "Tea House",
    "logo_url": "https://shop.example/logo.svg?v=1",
    "brand_color": "#0b7a75",
    "time_zone": "Asia/Kolkata",
    "allowed_origins": ["https://shop.example"],
}


async def test_settings_are_changed_one_by_one_or_together(gateway: Gateway) -> None:
    assert (await gateway.get(SETTINGS)).json() == {
        "name": "Test Merchant", "logo_url": None, "brand_color": None, "time_zone": "UTC", "allowed_origins": [],
    }  # fmt: skip
    response = await gateway.post(SETTINGS, {**ALL, "brand_color": "#0B7A75"}, method="PUT")
    assert (response.status_code, response.json()) == (200, ALL)
    response = await gateway.post(SETTINGS, {"logo_url": None, "name": " Chai "}, method="PUT")
    changed = {**ALL, "logo_url": None, "name": "Chai"}
    assert response.json() == changed
    assert (await gateway.get(SETTINGS)).json() == changed
    origins = await gateway.get("/api/v1/checkout/settings")
    assert origins.json() == {"allowed_origins": ALL["allowed_origins"]}


async def test_a_session_says_the_time_zone(gateway: Gateway) -> None:
    await gateway.post(SETTINGS, {"time_zone": "Asia/Kolkata"}, method="PUT")
    session = await gateway.get("/api/v1/session", headers=await gateway.sign_in())
    assert session.json()["merchant"]["time_zone"] == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", None),
        ("name", "x" * 101),
        ("name", "a\nb"),
        ("logo_url", "http://shop.example/logo.svg"),
        ("logo_url", "javascript:alert(1)"),
        ("logo_url", "https://"),
        ("logo_url", "https://user@shop.example/"),
        ("logo_url", "https://shop.example/a b"),
        ("logo_url", "https://[/"),
        ("logo_url", 1),
        ("brand_color", "red"),
        ("brand_color", "#fff"),
        ("brand_color", "#0b7a7g"),
        ("brand_color", "#0b7a75;"),
        ("time_zone", "Mars/Base"),
        ("time_zone", "America"),
        ("time_zone", "../etc/passwd"),
        ("time_zone", None),
        ("time_zone", ""),
        ("allowed_origins", ["http://shop.example"]),
    ],
)
async def test_a_refusal_names_its_field(gateway: Gateway, field: str, value: object) -> None:
    response = await gateway.post(SETTINGS, {field: value}, method="PUT")
    assert (response.status_code, response.json()["error"]["field"]) == (400, field), response.text


async def test_strangers_are_refused(gateway: Gateway) -> None:
    assert (await gateway.get(SETTINGS, headers={})).status_code == 401
