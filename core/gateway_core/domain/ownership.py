"""Who may see a row: its merchant, and for everybody else it does not exist."""

from __future__ import annotations

from typing import Protocol, TypeVar
from uuid import UUID

from gateway_core.domain.errors import not_found


class Owned(Protocol):
    """Anything that belongs to one merchant."""

    @property
    def merchant_id(self) -> UUID: ...


OwnedT = TypeVar("OwnedT", bound=Owned)


def own(noun: str, found: OwnedT | None, merchant_id: UUID) -> OwnedT:
    """`found` if it is the merchant's own; raises NOT_FOUND_ERROR for `noun` (as `not_found` takes it) otherwise.

    An unknown row and another merchant's are answered alike, so that nobody learns which ids exist.
    """
    if found is None or found.merchant_id != merchant_id:
        raise not_found(noun)
    return found
