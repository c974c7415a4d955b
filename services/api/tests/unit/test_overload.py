"""One request too many is told to come back; the others are served."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from api.middleware.errors import Errors
from api.middleware.overload import Overload

if TYPE_CHECKING:
    from tests.unit.conftest import Exchange


async def test_what_is_over_the_bound_is_503_and_a_free_place_is_used_again(
    make_exchange: type[Exchange],
) -> None:
    release = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    app = Errors(Overload(slow, max_in_flight=2))
    served = [make_exchange(), make_exchange()]
    waiting = [asyncio.create_task(exchange.run(app)) for exchange in served]
    await asyncio.sleep(0)
    refused = make_exchange()
    await refused.run(app)
    assert refused.status == 503
    assert (b"retry-after", b"1") in refused.sent[0]["headers"]
    release.set()
    await asyncio.gather(*waiting)
    assert [exchange.status for exchange in served] == [200, 200]
    again = make_exchange()
    await again.run(app)
    assert again.status == 200
