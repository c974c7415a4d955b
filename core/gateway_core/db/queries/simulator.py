"""The simulated bank's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway_core.db.pool import Connection


@dataclass(frozen=True, slots=True)
class BankCharge:
    """A charge to be booked: how it will end (``approved``, ``declined``, ``unknown``) and after how long."""

    key: str
    kind: str
    amount_minor: int
    outcome: str
    reason: str | None
    delay_ms: int


@dataclass(frozen=True, slots=True)
class BankEntry:
    """A booked charge. ``is_final`` by the database's clock; ``final_at`` in UTC."""

    key: str
    outcome: str
    reason: str | None
    final_at: datetime
    is_final: bool


async def book(conn: Connection, charges: Sequence[BankCharge]) -> dict[str, BankEntry]:
    """Book ``charges`` and return all entries by key; a key that is booked already keeps its first entry.

    Inserts in the order of the keys: two workers may book the same ones at once, after a lease has expired.
    """
    cursor = await conn.execute(
        """
        INSERT INTO simulator_charges AS c (key, kind, amount, outcome, reason, final_at)
        SELECT key, kind, amount, outcome, reason, now() + make_interval(secs => delay_ms / 1000.0)
        FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[])
             AS t (key, kind, amount, outcome, reason, delay_ms)
        ORDER BY key
        ON CONFLICT (key) DO UPDATE SET submissions = c.submissions + 1
        RETURNING key, outcome, reason, final_at, final_at <= now() AS is_final
        """,
        (
            [charge.key for charge in charges],
            [charge.kind for charge in charges],
            [charge.amount_minor for charge in charges],
            [charge.outcome for charge in charges],
            [charge.reason for charge in charges],
            [charge.delay_ms for charge in charges],
        ),
    )
    return {row["key"]: BankEntry(**row) for row in await cursor.fetchall()}


async def find(conn: Connection, keys: Sequence[str]) -> dict[str, BankEntry]:
    """The entries of those ``keys`` that were booked."""
    cursor = await conn.execute(
        """
        SELECT key, outcome, reason, final_at, final_at <= now() AS is_final
        FROM simulator_charges WHERE key = ANY(%s)
        """,
        (list(keys),),
    )
    return {row["key"]: BankEntry(**row) for row in await cursor.fetchall()}
