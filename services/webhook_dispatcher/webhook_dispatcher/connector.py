"""The HTTP client's connections, overheard: what a receiver said is known even if the client makes nothing of it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from aiohttp import ClientRequest, ClientTimeout, TCPConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from webhook_dispatcher.dialing import current_dial


class OverheardConnector(TCPConnector):
    """Each connection tells the ``Dial`` of the request that holds it what arrives."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # The client has no door for this; a test of every broken answer holds it to what is expected here.
        self._factory = partial(_Overheard, asyncio.get_running_loop())  # type: ignore[assignment]

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - the overridden method's
    ) -> Connection:
        """As the client's own, for the request of the running context."""
        connection = await super().connect(req, traces, timeout)
        protocol = connection.protocol
        assert isinstance(protocol, _Overheard)  # our factory made it
        protocol.listener = current_dial.get()
        return connection


class _Overheard(ResponseHandler):
    """Ends the connection when more comes than anybody would take: the client itself bounds neither the number of
    interim responses, and loops over them without letting anyone else run, nor what a chunked body has around it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.listener = current_dial.get()

    def data_received(self, data: bytes) -> None:
        """As the client's own, unless nobody has asked: that would pass for the answer to the next request."""
        heard = self.listener.heard
        heard.feed(data)
        if not self.listener.over and not heard.too_much:
            super().data_received(data)
        elif self.transport is not None:
            self.transport.abort()
