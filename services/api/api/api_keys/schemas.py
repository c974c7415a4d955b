"""API keys on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from api.body import Command
from api.fields import Timestamp, examples
from gateway_core.db.queries.api_keys import ApiKeyView
from gateway_core.domain.api_key import (
    DEFAULT_OVERLAP_S,
    MAX_KEY_NAME_LENGTH,
    MAX_OVERLAP_S,
    check_key_name,
    check_overlap_s,
    key_status,
)
from gateway_core.domain.events import rfc3339

_EXAMPLE: Final = {
    "key": "key_7Hs2Lw9QeR4tY6uI8oP0aS",
    "name": "Shop server",
    "status": "active",
    "is_primary": True,
    "created_at": "2024-01-15T10:30:00.123Z",
    "last_used_at": None,
    "expires_at": None,
    "revoked_at": None,
}
_ROLLED: Final = {
    **_EXAMPLE,
    "key": "key_test_abc123",
    "name": None,
    "status": "expiring",
    "is_primary": False,
    "created_at": "2024-01-01T09:00:00.000Z",
    "last_used_at": "2024-01-15T10:29:58.000Z",
    "expires_at": "2024-01-16T10:30:00.123Z",
}
_REVOKED: Final = {
    **_EXAMPLE,
    "status": "revoked",
    "is_primary": False,
    "revoked_at": "2024-01-15T11:00:00.000Z",
}
KeyName = Annotated[str, Field(max_length=MAX_KEY_NAME_LENGTH, examples=["Shop server"])]
OverlapSeconds = Annotated[int, Field(ge=0, le=MAX_OVERLAP_S, examples=[DEFAULT_OVERLAP_S])]


class ApiKeyInput(Command):
    """The new key."""

    model_config: ClassVar[ConfigDict] = examples({"name": "Shop server"})

    name: Annotated[KeyName | None, BeforeValidator(check_key_name)] = None


class RollInput(Command):
    """How long the old key stays valid."""

    model_config: ClassVar[ConfigDict] = examples({"overlap_seconds": DEFAULT_OVERLAP_S})

    overlap_seconds: Annotated[
        int, PlainValidator(check_overlap_s, json_schema_input_type=OverlapSeconds | None)
    ] = DEFAULT_OVERLAP_S


class ApiKey(BaseModel):
    """One API key, without its secret."""

    model_config: ClassVar[ConfigDict] = examples(_REVOKED)

    key: Annotated[str, Field(examples=["key_test_abc123"])]
    name: KeyName | None
    status: Annotated[
        Literal["active", "expiring", "expired", "revoked"],
        Field(description="`expiring`: rolled, and valid until `expires_at`."),
    ]
    is_primary: Annotated[bool, Field(description="Whether the dashboard shows this key as the merchant's.")]
    created_at: Timestamp
    last_used_at: Annotated[
        Timestamp | None, Field(description="Recorded with a delay of up to half a minute.")
    ]
    expires_at: Timestamp | None
    revoked_at: Timestamp | None


class NewApiKey(ApiKey):
    """The key with its secret, which only this response shows."""

    model_config: ClassVar[ConfigDict] = examples({**_EXAMPLE, "secret": "secret_9QeR4tY6uI8oP0aS7Hs2Lw"})

    secret: Annotated[str, Field(examples=["secret_9QeR4tY6uI8oP0aS7Hs2Lw"])]


class ApiKeyList(BaseModel):
    """Newest first: all live keys, and the latest expired and revoked ones."""

    model_config: ClassVar[ConfigDict] = examples({"data": [_EXAMPLE, _ROLLED]})

    data: list[ApiKey]


def api_key(view: ApiKeyView, now: datetime) -> ApiKey:
    """The key as its merchant sees it at ``now``."""
    return ApiKey(**_fields(view, now))


def new_api_key(view: ApiKeyView, now: datetime, secret: str) -> NewApiKey:
    """The same with the secret that was made for it."""
    return NewApiKey(**_fields(view, now), secret=secret)


def _fields(view: ApiKeyView, now: datetime) -> dict[str, Any]:
    return {
        "key": view.key,
        "name": view.name,
        "status": key_status(view.revoked_at, view.expires_at, now).value,
        "is_primary": view.is_primary,
        "created_at": rfc3339(view.created_at),
        "last_used_at": _moment(view.last_used_at),
        "expires_at": _moment(view.expires_at),
        "revoked_at": _moment(view.revoked_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
