"""DNS queries run in threads: queries without an answer must not delay others."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event
from typing import Any

from webhook_dispatcher.app import BOUNDS
from webhook_dispatcher.limits import UNRESPONSIVE_DIVISOR
from webhook_dispatcher.resolver import Resolver


async def test_names_that_hang_do_not_delay_another() -> None:
    answered = Event()

    def get_infos(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        if host.startswith("dead"):
            answered.wait()
        return [(None, None, None, "", ("192.0.2.1", port))]

    resolver = Resolver(get_infos)
    unresponsive = BOUNDS.max_in_flight // UNRESPONSIVE_DIVISOR
    hanging = [asyncio.create_task(resolver.resolve(f"dead{number}", 80)) for number in range(unresponsive)]
    try:
        (found,) = await asyncio.wait_for(resolver.resolve("healthy", 80), 20)
        assert found["host"] == "192.0.2.1"
        assert not any(task.done() for task in hanging)
    finally:
        answered.set()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*hanging)
        await resolver.close()
