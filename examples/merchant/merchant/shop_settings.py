"""What the shop needs to know: where the gateway is, and the merchant's key and secret there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Nothing that could end a directive of the Content-Security-Policy or an attribute of the page.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


@dataclass(frozen=True)
class ShopSettings:
    """``api_url`` and ``checkout_url`` are origins without a slash at the end; only ``api_key`` may be shown."""

    api_url: str
    checkout_url: str
    api_key: str
    api_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def read_shop_settings(environment: Mapping[str, str], webhook_secret: str) -> ShopSettings:
    """The settings, with a local gateway and the test merchant's as defaults. Raises ValueError for a wrong URL."""
    api_port = environment.get("API_PORT") or "8000"
    checkout_port = environment.get("CHECKOUT_PORT") or "3001"
    return ShopSettings(
        api_url=_origin("API_URL", environment.get("API_URL") or f"http://localhost:{api_port}"),
        checkout_url=_origin(
            "CHECKOUT_URL", environment.get("CHECKOUT_URL") or f"http://localhost:{checkout_port}"
        ),
        api_key=environment.get("API_KEY") or environment.get("TEST_API_KEY") or "key_test_abc123",
        api_secret=environment.get("API_SECRET")
        or environment.get("TEST_API_SECRET")
        or "secret_test_xyz789",
        webhook_secret=webhook_secret,
    )


def _origin(name: str, text: str) -> str:
    origin = text.removesuffix("/")
    if not ORIGIN.fullmatch(origin):
        raise ValueError(f"{name}={text} is not an address like https://pay.example.com")
    return origin
