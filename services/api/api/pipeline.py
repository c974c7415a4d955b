"""Queries that share round trips within psycopg's pipeline mode."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

import psycopg
from psycopg.errors import InFailedSqlTransaction, PipelineAborted

# How the statements after the one that failed are refused.
CONSEQUENCES: Final = (InFailedSqlTransaction, PipelineAborted)

One = TypeVar("One")
Two = TypeVar("Two")


async def both(one: Awaitable[One], two: Awaitable[Two]) -> tuple[One, Two]:
    """The results of two queries on one connection, whose statements go out in this order.

    Both are over when this returns or raises: a query left running would go on in the connection's next
    transaction. Of two failures the one that caused the other is raised.
    """
    first, second = await asyncio.gather(one, two, return_exceptions=True)
    failures = [result for result in (first, second) if isinstance(result, BaseException)]
    if failures:
        raise min(failures, key=_is_consequence)
    assert not isinstance(first, BaseException)
    assert not isinstance(second, BaseException)
    return first, second


def _is_consequence(failure: BaseException) -> bool:
    """Whether an earlier statement's failure caused this one: psycopg then finds no result to fetch."""
    return isinstance(failure, CONSEQUENCES) or type(failure) is psycopg.ProgrammingError
