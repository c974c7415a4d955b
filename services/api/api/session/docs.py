"""Sessions in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.describe import Operation, Shape
from api.session.schemas import Session, SignInInput
from gateway_core.domain.errors import (
    authentication_failed,
    bad_request,
    cross_site_refused,
    rate_limited,
    sign_in_failed,
)

TAG: Final = "Session"
_SESSION: Final = Shape(
    name="Session",
    type=Session,
    examples={
        "session": {
            "merchant": {
                "id": "550e8400-e29b-41d4-a716-446655440000",
                "name": "Test Merchant",
                "email": "test@example.com",
                "api_key": "key_test_abc123",
            },
            "environment": "local",
            "expires_at": "2024-01-15T22:30:00.123Z",
        }
    },
)

SIGN_IN: Final = Operation(
    id="signIn",
    tag=TAG,
    summary="Sign in to the dashboard",
    description=(
        "For the dashboard's own pages, see the scheme `Session`. Sets the session's cookie; the session that was "
        "sent along ends. In a local evaluation the seeded merchant takes any password."
    ),
    body=Shape(
        name="SignInInput",
        type=SignInInput,
        examples={"person": {"email": "test@example.com", "password": "correct horse battery staple"}},
    ),
    answer=_SESSION,
    answer_headers=("Set-Cookie",),
    refusals=(
        bad_request("password is required", field="password"),
        sign_in_failed(),
        cross_site_refused(),
        rate_limited(5),
    ),
    signed=False,
)
GET: Final = Operation(
    id="getSession",
    tag=TAG,
    summary="Read who is signed in",
    answer=_SESSION,
    refusals=(authentication_failed(), cross_site_refused()),
    signed=False,
)
SIGN_OUT: Final = Operation(
    id="signOut",
    tag=TAG,
    summary="Sign out",
    description="Ends the session and clears its cookie; also without a session.",
    answer=None,
    answer_headers=("Set-Cookie",),
    status=204,
    refusals=(cross_site_refused(),),
    signed=False,
)
