"""The life of an order: created → attempted → paid."""

from __future__ import annotations

from enum import StrEnum


class OrderStatus(StrEnum):
    """Attempted: a payment of it was made, none has succeeded."""

    CREATED = "created"
    ATTEMPTED = "attempted"
    PAID = "paid"
