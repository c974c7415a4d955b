"""Scenarios that mostly wait run at the same time; each test waits for its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

Scenarios: TypeAlias = Mapping[str, asyncio.Task[None]]


@asynccontextmanager
async def side_by_side(scenarios: Mapping[str, Coroutine[Any, Any, None]]) -> AsyncIterator[Scenarios]:
    """Tasks by name; leaving cancels those that still run and waits for them."""
    tasks = {name: asyncio.create_task(scenario, name=name) for name, scenario in scenarios.items()}
    try:
        yield tasks
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
