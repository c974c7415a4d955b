"""The event stream over HTTP."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Endpoint
from api.live import docs
from api.live.service import LiveService
from api.requests import NO_STORE, Door
from api.streaming import EVENT_STREAM, StreamedResponse

# nginx would wait until it has a bufferful.
UNBUFFERED: Final = {**NO_STORE, "x-accel-buffering": "no"}
LAST_ID_HEADER: Final = "last-event-id"


class LiveRoutes:
    """The endpoint of streams."""

    def __init__(self, service: LiveService, door: Door) -> None:
        self._service = service
        self._door = door

    def endpoints(self) -> list[Endpoint]:
        """In the order in which they are matched."""
        return [Endpoint("GET", "/api/v1/events/stream", self.stream, docs.STREAM)]

    async def stream(self, request: Request) -> Response:
        merchant_id = await self._door.merchant_of(request)
        last_event_id = request.headers.get(LAST_ID_HEADER)
        pieces = await self._service.open(merchant_id, last_event_id, lambda: self._door.may_stay(request))
        return StreamedResponse(pieces, EVENT_STREAM, UNBUFFERED)
