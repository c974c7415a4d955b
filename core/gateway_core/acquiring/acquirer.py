"""The port: what the gateway asks of an acquirer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gateway_core.domain.acquiring import Answer, Charge, StatusAnswer


class Acquirer(Protocol):
    """A bank or a processor. Batches let an adapter use one call, one connection or one statement for many.

    Answers come in the order of the questions. A key that is submitted twice is charged once. Whatever an adapter
    raises, and a call that outlives its deadline, counts as ``Unknown`` for the whole batch: an adapter that can
    tell the charges apart answers ``Unknown`` for single ones.
    """

    async def submit(self, charges: Sequence[Charge]) -> Sequence[Answer]:
        """Make ``charges``."""

    async def query_status(self, keys: Sequence[str]) -> Sequence[StatusAnswer]:
        """The status of the charges under ``keys``; ``NotFound`` promises that a key never arrived."""
