"""What the operator's commands share: their settings, the database for one action, lines out, one line on refusal."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import NoReturn, TypeAlias

from gateway_core.db.pool import UNAVAILABLE, Pool, create_pool
from gateway_core.domain.errors import GatewayError
from gateway_core.runtime.settings import CoreSettings

Done: TypeAlias = Sequence[str]
"""The lines to print."""


class OperatorSettings(CoreSettings):
    """What operators work on is in PostgreSQL only."""

    redis_url: str = ""


def carry_out(settings: OperatorSettings, name: str, act: Callable[[Pool], Awaitable[Done]]) -> None:
    """Print what ``act`` has done; a refusal is one line on stderr and exit code 1."""
    try:
        done = asyncio.run(_act(settings, name, act))
    except GatewayError as refusal:
        _refuse(refusal.description)
    except UNAVAILABLE as error:
        _refuse(f"the database did not answer ({type(error).__name__})")
    for line in done:
        print(line)


async def _act(settings: OperatorSettings, name: str, act: Callable[[Pool], Awaitable[Done]]) -> Done:
    async with create_pool(settings.database_url, size=1, application_name=name) as pool:
        return await act(pool)


def _refuse(reason: str) -> NoReturn:
    sys.stderr.write(f"{reason}\n")
    raise SystemExit(1)
