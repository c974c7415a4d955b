"""Ownership of rows: for other merchants a row does not exist."""

from __future__ import annotations

from typing import Protocol, TypeVar
from uuid import UUID

from gateway_core.domain.errors import not_found


class Owned(Protocol):
    """Anything that belongs to one merchant."""

    @property
    def merchant_id(self) -> UUID: ...


OwnedT = TypeVar("OwnedT", bound=Owned)


def own(resource: str, found: OwnedT | None, merchant_id: UUID) -> OwnedT:
    """`found` if it is the merchant's own; raises NOT_FOUND_ERROR for `resource` (as `not_found` takes it) otherwise.

    An unknown row and another merchant's get the same answer, so that callers cannot learn which ids exist.
    """
    if found is None or found.merchant_id != merchant_id:
        raise not_found(resource)
    return found
