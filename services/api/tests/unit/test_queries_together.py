"""Two queries end together: what fails waits for what still runs."""

from __future__ import annotations

import asyncio

import pytest
from psycopg.errors import DivisionByZero, InFailedSqlTransaction, PipelineAborted

from api.pipeline import both


async def fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("turned", [False, True])
async def test_a_failure_waits_for_the_other_query(turned: bool) -> None:
    ended = False

    async def slow() -> None:
        nonlocal ended
        await asyncio.sleep(0.01)
        ended = True

    calls = (slow(), fail(ValueError())) if turned else (fail(ValueError()), slow())
    with pytest.raises(ValueError):  # noqa: PT011 -- the very one that was raised
        await both(*calls)
    assert ended


@pytest.mark.parametrize("consequence", [PipelineAborted(), InFailedSqlTransaction()])
@pytest.mark.parametrize("turned", [False, True])
async def test_the_cause_is_raised_not_the_consequence(consequence: Exception, turned: bool) -> None:
    errors = (consequence, DivisionByZero()) if turned else (DivisionByZero(), consequence)
    with pytest.raises(DivisionByZero):
        await both(fail(errors[0]), fail(errors[1]))
