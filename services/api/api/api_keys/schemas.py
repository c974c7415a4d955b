"""API keys on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Timestamp
from gateway_core.db.queries.api_keys import ApiKeyView
from gateway_core.domain.api_key import DEFAULT_OVERLAP_S, MAX_KEY_NAME_LENGTH, MAX_OVERLAP_S, key_status
from gateway_core.domain.events import rfc3339

KeyName = Annotated[str, Field(max_length=MAX_KEY_NAME_LENGTH, examples=["Shop server"])]


class ApiKeyInput(TypedDict):
    """What the new key is called."""

    name: NotRequired[KeyName | None]


class RollInput(TypedDict):
    """How long the old key goes on working."""

    overlap_seconds: NotRequired[
        Annotated[int, Field(ge=0, le=MAX_OVERLAP_S, examples=[DEFAULT_OVERLAP_S])] | None
    ]


class ApiKey(TypedDict):
    """One key; never its secret."""

    key: Annotated[str, Field(examples=["key_test_abc123"])]
    name: KeyName | None
    status: Annotated[
        Literal["active", "expiring", "expired", "revoked"],
        Field(description="`expiring`: rolled, and still good until `expires_at`."),
    ]
    is_primary: Annotated[bool, Field(description="The one that the merchant is shown by.")]
    created_at: Timestamp
    last_used_at: Annotated[Timestamp | None, Field(description="Up to half a minute late.")]
    expires_at: Timestamp | None
    revoked_at: Timestamp | None


class NewApiKey(ApiKey):
    """The key with its secret, shown this once."""

    secret: Annotated[str, Field(examples=["secret_9QeR4tY6uI8oP0aS7Hs2Lw"])]


class ApiKeyList(TypedDict):
    """Newest first: every live key, and the latest of the others."""

    data: list[ApiKey]


def api_key(view: ApiKeyView, now: datetime) -> ApiKey:
    """The key as its merchant sees it at ``now``."""
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
