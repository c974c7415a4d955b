"""A session on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from api.body import Body
from api.fields import MerchantId, Timestamp, TimeZone, examples
from gateway_core.db.queries.sessions import Account, SessionView
from gateway_core.domain.events import rfc3339
from gateway_core.domain.sign_in import MAX_EMAIL_LENGTH, MAX_PASSWORD_LENGTH, check_email, check_password

Environment = Literal["local", "production"]
Email = Annotated[str, Field(min_length=1, max_length=MAX_EMAIL_LENGTH, examples=["test@example.com"])]
Password = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_LENGTH)]
_EXAMPLE: Final = {
    "merchant": {
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "name": "Test Merchant",
        "email": "test@example.com",
        "api_key": "key_test_abc123",
        "time_zone": "Asia/Kolkata",
    },
    "environment": "local",
    "expires_at": "2024-01-15T22:30:00.123Z",
}


class SignInInput(Body):
    """The merchant's credentials."""

    model_config: ClassVar[ConfigDict] = examples(
        {"email": "test@example.com", "password": "correct horse battery staple"}
    )

    email: Annotated[str, PlainValidator(check_email, json_schema_input_type=Email)]
    password: Annotated[
        str, PlainValidator(check_password, json_schema_input_type=Password), Field(repr=False)
    ]


class SessionMerchant(BaseModel):
    """The signed-in merchant, without secrets."""

    id: MerchantId
    name: str
    email: str
    api_key: Annotated[str, Field(description="The primary key.", examples=["key_test_abc123"])]
    time_zone: TimeZone


class Session(BaseModel):
    """The session of this browser. Its token is in the cookie only."""

    model_config: ClassVar[ConfigDict] = examples(_EXAMPLE)

    merchant: SessionMerchant
    environment: Environment
    expires_at: Annotated[Timestamp, Field(description="The latest time at which it ends.")]


def session(
    merchant_id: str, who: Account | SessionView, environment: Environment, expires_at: datetime
) -> Session:
    """The session as its browser sees it."""
    return Session(
        merchant=SessionMerchant(
            id=merchant_id, name=who.name, email=who.email, api_key=who.api_key, time_zone=who.time_zone
        ),
        environment=environment,
        expires_at=rfc3339(expires_at),
    )
