"""The event stream over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.body import StrictRoute
from api.dependencies import CurrentMerchant, service, services_of
from api.errors import MERCHANT_ERRORS, responses
from api.live.messages import Message
from api.live.schemas import LiveEvent
from api.live.service import LiveService
from api.middleware.head import wants_headers_only
from gateway_core.domain.errors import rate_limited

Live = Annotated[LiveService, service("live")]

router = APIRouter(prefix="/api/v1/events", tags=["Dashboard"], route_class=StrictRoute)


async def open_stream(
    request: Request,
    merchant: CurrentMerchant,
    live: Live,
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            description="The `id` of the last message that arrived; browsers send it when they reconnect.",
        ),
    ] = None,
) -> AsyncIterator[AsyncIterator[Message]]:
    """The stream's messages; its place is free again once the response is over, however it ends."""
    authenticator = services_of(request).authenticator
    async with live.open(
        merchant, last_event_id, lambda: authenticator.is_still_allowed(request)
    ) as messages:
        yield messages


@router.get(
    "/stream",
    operation_id="streamEvents",
    summary="Follow events as they happen",
    response_class=EventSourceResponse,
    responses=responses(*MERCHANT_ERRORS, rate_limited(5)) | {200: {"model": LiveEvent}},
)
async def stream(
    request: Request, messages: Annotated[AsyncIterator[Message], Depends(open_stream)]
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events (HTML Living Standard, 9.2): `id` is the event's, `event` is `payment`, `refund` or
    `webhook`, `data` is a LiveEvent. A reconnect with `Last-Event-ID` resumes; an event may come twice, and those of
    one payment come in order. `event: reset` means that too much was missed: read the lists again. A comment is sent
    after 15 idle seconds. The stream ends when the credentials do, and when it is read too slowly.
    """
    if wants_headers_only(request):
        return
    async for message in messages:
        yield ServerSentEvent(
            id=None if message.id is None else str(message.id),
            event=message.kind,
            raw_data=message.data,
            retry=message.retry_ms,
        )
