"""API keys in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.api_keys.schemas import ApiKey, ApiKeyInput, ApiKeyList, NewApiKey, RollInput
from api.describe import Operation, Shape
from gateway_core.domain.api_key import DEFAULT_OVERLAP_S, MAX_OVERLAP_S, key_not_active, too_many_keys
from gateway_core.domain.errors import bad_request, not_found

TAG: Final = "API keys"
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
_NEW: Final = Shape(
    name="NewApiKey",
    type=NewApiKey,
    examples={"new": {**_EXAMPLE, "secret": "secret_9QeR4tY6uI8oP0aS7Hs2Lw"}},
)

LIST: Final = Operation(
    id="listApiKeys",
    tag=TAG,
    summary="List API keys",
    description="Newest first.",
    answer=Shape(name="ApiKeyList", type=ApiKeyList, examples={"keys": {"data": [_EXAMPLE, _ROLLED]}}),
    session_only=True,
)
CREATE: Final = Operation(
    id="createApiKey",
    tag=TAG,
    summary="Make an API key",
    description="Its secret is shown this once.",
    body=Shape(name="ApiKeyInput", type=ApiKeyInput, examples={"named": {"name": "Shop server"}}),
    status=201,
    answer=_NEW,
    refusals=(too_many_keys(), bad_request("name must be at most 80 characters", field="name")),
    session_only=True,
)
ROLL: Final = Operation(
    id="rollApiKey",
    tag=TAG,
    summary="Replace an API key",
    description=(
        "The successor has the old key's name, and is primary if that was. The old one goes on working for "
        f"`overlap_seconds` ({DEFAULT_OVERLAP_S} unless said), so that servers change over one by one; 0 ends it now."
    ),
    parameters=("ApiKeyInPath",),
    body=Shape(name="RollInput", type=RollInput, examples={"day": {"overlap_seconds": DEFAULT_OVERLAP_S}}),
    status=201,
    answer=_NEW,
    refusals=(
        bad_request(
            f"overlap_seconds must be an integer between 0 and {MAX_OVERLAP_S}", field="overlap_seconds"
        ),
        key_not_active(),
        too_many_keys(),
        not_found("API key"),
    ),
    session_only=True,
)
REVOKE: Final = Operation(
    id="revokeApiKey",
    tag=TAG,
    summary="Revoke an API key",
    description="At once. If it was primary, the newest live key becomes that.",
    parameters=("ApiKeyInPath",),
    answer=Shape(name="ApiKey", type=ApiKey, examples={"revoked": _REVOKED}),
    refusals=(not_found("API key"),),
    session_only=True,
)
