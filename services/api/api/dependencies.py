"""What operations depend on: who calls, under which idempotency key, which page is wanted, and the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request, Response

from api.idempotency import IdempotencyKey, Replay
from api.strict_json import Unreadable
from gateway_core.domain.errors import bad_request
from gateway_core.domain.idempotency import fingerprint
from gateway_core.domain.validation import check_idempotency_key

if TYPE_CHECKING:
    from api.app import Services

KEY_HEADER: Final = "idempotency-key"


def services_of(request: Request) -> Services:
    """The services of the application that serves ``request``."""
    services: Services = request.app.state.services
    return services


def service(name: str) -> Any:
    """``Depends`` on the service of this name in ``Services``."""

    async def provide(request: Request) -> Any:
        return getattr(services_of(request), name)

    return Depends(provide)


async def current_merchant(request: Request) -> UUID:
    """The caller's merchant id, by API key or by session; AUTHENTICATION_ERROR, FORBIDDEN_ERROR (cross-site)."""
    return await services_of(request).authenticator.merchant_of(request)


async def signed_in_merchant(request: Request) -> UUID:
    """The same for a session only; FORBIDDEN_ERROR for a good API key."""
    return await services_of(request).authenticator.signed_in_merchant_of(request)


CurrentMerchant = Annotated[UUID, Depends(current_merchant)]
SignedInMerchant = Annotated[UUID, Depends(signed_in_merchant)]


async def idempotency_key(request: Request) -> IdempotencyKey | None:
    """The request's key, None without one; BAD_REQUEST_ERROR for several, and for one out of bounds."""
    values = request.headers.getlist(KEY_HEADER)
    if not values:
        return None
    if len(values) > 1:
        raise bad_request("Idempotency-Key must be sent once", field="Idempotency-Key")
    # No body at all is as good as an empty one, where an operation takes it.
    body = await request.json() if await request.body() else {}
    if isinstance(body, Unreadable):
        raise body.error
    route = f"{request.method} {request.scope['path']}"
    secret_key = services_of(request).fingerprint_key
    return IdempotencyKey(check_idempotency_key(values[0]), route, fingerprint(secret_key, route, body))


RequestKey = Annotated[IdempotencyKey | None, Depends(idempotency_key)]


def reply(made: object) -> Any:
    """What an operation with a key returns: the model, or the stored bytes and a header that says so."""
    if isinstance(made, Replay):
        return Response(made.body, made.status, {"idempotent-replayed": "true"}, "application/json")
    return made
