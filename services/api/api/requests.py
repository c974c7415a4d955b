"""From a request to a service's arguments, and from its answer to a response."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Answer, Page
from api.paging import page_headers
from api.strict_json import check_content_type, parse_object
from gateway_core.domain.errors import bad_request

KEY_HEADER = "idempotency-key"
JSON = "application/json"
# Balances, secrets and payers' addresses are in these bodies.
NO_STORE = {"cache-control": "no-store"}


class Door(Protocol):
    """Lets callers in."""

    async def merchant_of(self, request: Request) -> UUID:
        """The caller's merchant id by API key or by session; AUTHENTICATION_ERROR, or FORBIDDEN_ERROR (cross-site)."""

    async def signed_in_merchant_of(self, request: Request) -> UUID:
        """The same for a session only; FORBIDDEN_ERROR for a good API key."""

    async def may_stay(self, request: Request) -> bool:
        """Whether who was let in still would be: asked while a long answer goes on; does not count as a use."""


async def read_object(request: Request) -> dict[str, object]:
    """The request's JSON object; UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE or BAD_REQUEST_ERROR."""
    check_content_type(request.headers.get("content-type"))
    return parse_object(await request.body())


def idempotency_key(request: Request) -> str | None:
    """The ``Idempotency-Key`` as sent, None without one; BAD_REQUEST_ERROR for several."""
    values = request.headers.getlist(KEY_HEADER)
    if len(values) > 1:
        raise bad_request("Idempotency-Key must be sent once", field="Idempotency-Key")
    return values[0] if values else None


def respond(answer: Answer) -> Response:
    """``answer`` as it stands; a replay says so in a header, as Stripe's do."""
    headers = {**NO_STORE, "idempotent-replayed": "true"} if answer.replayed else NO_STORE
    return Response(answer.body, answer.status, headers, JSON)


def respond_page(request: Request, page: Page) -> Response:
    """The bare array, with the paging in headers."""
    paging = page_headers(request.scope["path"], dict(request.query_params), page)
    return Response(page.body, 200, {**NO_STORE, **paging}, JSON)
