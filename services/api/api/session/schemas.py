"""A session on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Timestamp
from gateway_core.db.queries.sessions import Account, SessionView
from gateway_core.domain.events import rfc3339
from gateway_core.domain.sign_in import MAX_EMAIL_LENGTH, MAX_PASSWORD_LENGTH

Environment = Literal["local", "production"]
MerchantUuid = Annotated[
    str,
    Field(json_schema_extra={"format": "uuid"}, examples=["550e8400-e29b-41d4-a716-446655440000"]),
]


class SignInInput(TypedDict):
    """Who signs in."""

    email: Annotated[str, Field(min_length=1, max_length=MAX_EMAIL_LENGTH, examples=["test@example.com"])]
    password: Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_LENGTH)]


class SessionMerchant(TypedDict):
    """Whose dashboard it is; never a secret."""

    id: MerchantUuid
    name: str
    email: str
    api_key: Annotated[str, Field(description="The primary key.", examples=["key_test_abc123"])]


class Session(TypedDict):
    """The session of this browser. Its token is in the cookie only."""

    merchant: SessionMerchant
    environment: Environment
    expires_at: Annotated[Timestamp, Field(description="When it ends at the latest.")]


def session(
    merchant_id: str, who: Account | SessionView, environment: Environment, expires_at: datetime
) -> Session:
    """The session as its browser sees it."""
    return {
        "merchant": {"id": merchant_id, "name": who.name, "email": who.email, "api_key": who.api_key},
        "environment": environment,
        "expires_at": rfc3339(expires_at),
    }
