"""What a service hands to its routes: a status and the ready bytes of the body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful response. Its bytes are made once, so that a replay is the very same ones."""

    status: int
    body: bytes
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``next_cursor`` leads to the next one and is None on the last."""

    body: bytes
    total: int
    next_cursor: str | None


def answer(status: int, content: object) -> Answer:
    """``content`` as compact JSON."""
    return Answer(status, orjson.dumps(content))


def page(rows: Sequence[object], total: int, next_cursor: str | None) -> Page:
    """``rows`` as a bare JSON array."""
    return Page(orjson.dumps(rows), total, next_cursor)
