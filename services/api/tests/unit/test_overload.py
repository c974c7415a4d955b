"""One request too many is told to come back; the others are served."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.types import Message, Receive, Scope, Send

from api.middleware.overload import Overload
from gateway_core.domain.errors import GatewayError
from gateway_core.testing.factories import DEADLINE_S

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

    app = Overload(slow, max_in_flight=2)
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


async def test_a_body_that_is_still_on_its_way_takes_no_place(make_exchange: type[Exchange]) -> None:
    begun, arrive, release = 0, asyncio.Event(), asyncio.Event()

    async def body() -> Message:
        nonlocal begun
        begun += 1
        await arrive.wait()
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        status = 200
        if scope["method"] == "POST":
            try:
                while (await receive()).get("more_body"):
                    pass
            except GatewayError:
                status = 503
            else:
                await release.wait()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    app = Overload(reading, max_in_flight=2)
    piece: Message = {"type": "http.request", "body": b" ", "more_body": True}
    slow = [make_exchange([dict(piece)], then=body) for _ in range(5)]
    tasks = [asyncio.create_task(each.run(app)) for each in slow]
    async with asyncio.timeout(DEADLINE_S):
        while begun < len(slow):
            await asyncio.sleep(0)
    served = make_exchange()
    await served.run(app, method="GET")
    assert served.status == 200
    # All at once they are too many again.
    arrive.set()
    while sum(task.done() for task in tasks) < 3:
        await asyncio.sleep(0)
    release.set()
    await asyncio.gather(*tasks)
    assert sorted(each.status for each in slow) == [200, 200, 503, 503, 503]


async def test_waiting_for_a_client_to_leave_is_no_waiting_for_its_body(
    make_exchange: type[Exchange],
) -> None:
    left, waits = asyncio.Event(), asyncio.Event()

    async def leave() -> Message:
        waits.set()
        await left.wait()
        return {"type": "http.disconnect"}

    async def outlasting(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    app = Overload(outlasting, max_in_flight=1)
    whole: Message = {"type": "http.request", "body": b"", "more_body": False}
    staying = asyncio.create_task(make_exchange([whole], then=leave).run(app))
    await waits.wait()
    refused = make_exchange()
    await refused.run(app)
    assert refused.status == 503
    left.set()
    await staying
