"""API keys over HTTP: for people who are signed in, never with a key."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter

from api.api_keys.schemas import ApiKey, ApiKeyInput, ApiKeyList, NewApiKey, RollInput
from api.api_keys.service import ApiKeyService
from api.body import StrictRoute
from api.dependencies import SignedInMerchant, service
from api.errors import BODY_ERRORS, SESSION_ERRORS, responses
from gateway_core.domain.api_key import DEFAULT_OVERLAP_S, MAX_OVERLAP_S, key_not_active, too_many_keys
from gateway_core.domain.errors import bad_request, not_found

ApiKeys = Annotated[ApiKeyService, service("api_keys")]

BAD_OVERLAP: Final = bad_request(
    f"overlap_seconds must be an integer between 0 and {MAX_OVERLAP_S}", field="overlap_seconds"
)

router = APIRouter(prefix="/api/v1/api-keys", tags=["API keys"], route_class=StrictRoute)


@router.get("", operation_id="listApiKeys", summary="List API keys", responses=responses(*SESSION_ERRORS))
async def list_keys(merchant: SignedInMerchant, api_keys: ApiKeys) -> ApiKeyList:
    """Newest first."""
    return await api_keys.list_keys(merchant)


@router.post(
    "",
    operation_id="createApiKey",
    summary="Make an API key",
    status_code=201,
    responses=responses(
        *SESSION_ERRORS,
        *BODY_ERRORS,
        too_many_keys(),
        bad_request("name must be at most 80 characters", field="name"),
    ),
)
async def create(merchant: SignedInMerchant, body: ApiKeyInput, api_keys: ApiKeys) -> NewApiKey:
    """The response shows its secret once."""
    return await api_keys.create(merchant, body.name)


@router.post(
    "/{key}/roll",
    operation_id="rollApiKey",
    summary="Replace an API key",
    description=(
        "The replacement has the old key's name, and is primary if the old key was. The old key stays valid for "
        f"`overlap_seconds` ({DEFAULT_OVERLAP_S} by default), so that you can change servers one by one; 0 ends it now."
    ),
    status_code=201,
    responses=responses(
        *SESSION_ERRORS, *BODY_ERRORS, BAD_OVERLAP, key_not_active(), too_many_keys(), not_found("API key")
    ),
)
async def roll(merchant: SignedInMerchant, key: str, body: RollInput, api_keys: ApiKeys) -> NewApiKey:
    return await api_keys.roll(merchant, key, body.overlap_seconds)


@router.post(
    "/{key}/revoke",
    operation_id="revokeApiKey",
    summary="Revoke an API key",
    responses=responses(*SESSION_ERRORS, not_found("API key")),
)
async def revoke(merchant: SignedInMerchant, key: str, api_keys: ApiKeys) -> ApiKey:
    """The key becomes invalid at once. If it was primary, the newest live key becomes primary."""
    return await api_keys.revoke(merchant, key)
