"""Merchants on the wire."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.body import Command
from api.fields import MerchantId, TimeZone, examples
from gateway_core.domain.errors import bad_request
from gateway_core.domain.origins import MAX_ALLOWED_ORIGINS, check_allowed_origins
from gateway_core.domain.text import check_text
from gateway_core.domain.time_zones import check_time_zone

MAX_NAME_LENGTH: Final = 100
MAX_LOGO_URL_LENGTH: Final = 2048

_COLOR: Final = "^#[0-9a-fA-F]{6}$"
_SETTINGS_EXAMPLE: Final = {
    "name": "Tea House",
    "logo_url": "https://shop.example/logo.svg",
    "brand_color": "#0b7a75",
    "time_zone": "Asia/Kolkata",
    "allowed_origins": ["https://shop.example"],
}


def _check_name(value: object) -> str:
    name = check_text(value, "name", MAX_NAME_LENGTH).strip()
    if not name or not name.isprintable():
        raise bad_request(f"name must be 1 to {MAX_NAME_LENGTH} printable characters", field="name")
    return name


def _check_logo_url(value: object) -> str | None:
    if value is None or value == "":
        return None
    url = check_text(value, "logo_url", MAX_LOGO_URL_LENGTH)
    try:
        parts = urlsplit(url)
        is_https = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_https = False
    if not is_https or not url.isascii() or not url.isprintable() or " " in url:
        raise bad_request("logo_url must be an https:// URL", field="logo_url")
    return url


def _check_color(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not re.fullmatch(_COLOR[1:-1], value):
        raise bad_request("brand_color must be a colour as #rrggbb", field="brand_color")
    return value.lower()


class SeededMerchant(BaseModel):
    """The test merchant of a local evaluation, without its secrets."""

    model_config: ClassVar[ConfigDict] = examples(
        {
            "id": "550e8400-e29b-41d4-a716-446655440000",
            "email": "test@example.com",
            "api_key": "key_test_abc123",
            "seeded": True,
        }
    )

    id: MerchantId
    email: Annotated[str, Field(examples=["test@example.com"])]
    api_key: Annotated[str, Field(examples=["key_test_abc123"])]
    seeded: Literal[True]


Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_LENGTH, examples=["Tea House"])]
LogoUrl = Annotated[
    Annotated[str, Field(max_length=MAX_LOGO_URL_LENGTH, pattern="^https://")] | None,
    Field(description="Null for none.", examples=["https://shop.example/logo.svg"]),
]
Color = Annotated[
    Annotated[str, Field(pattern=_COLOR)] | None, Field(description="Null for none.", examples=["#0b7a75"])
]
Origins = Annotated[
    list[str],
    Field(
        max_length=MAX_ALLOWED_ORIGINS,
        description="Sites that may frame the checkout; https, or http on localhost and 127.0.0.1.",
        examples=[["https://shop.example"]],
    ),
]


class MerchantSettings(BaseModel):
    """What a merchant sets about itself and its checkout."""

    model_config: ClassVar[ConfigDict] = examples(_SETTINGS_EXAMPLE)

    name: Name
    logo_url: LogoUrl
    brand_color: Color
    time_zone: TimeZone
    allowed_origins: Origins


class MerchantSettingsInput(Command):
    """What to change; members that are left out stay as they are."""

    model_config: ClassVar[ConfigDict] = examples({"time_zone": "Asia/Kolkata"})

    # The defaults are never stored: they only let a member be left out.
    name: Annotated[Name, BeforeValidator(_check_name), Field(default_factory=str)]
    logo_url: Annotated[LogoUrl, BeforeValidator(_check_logo_url), Field(default_factory=lambda: None)]
    brand_color: Annotated[Color, BeforeValidator(_check_color), Field(default_factory=lambda: None)]
    time_zone: Annotated[TimeZone, BeforeValidator(check_time_zone), Field(default_factory=str)]
    allowed_origins: Annotated[Origins, BeforeValidator(check_allowed_origins), Field(default_factory=list)]
