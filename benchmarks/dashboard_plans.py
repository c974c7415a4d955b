"""PostgreSQL's plans for the dashboard's statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from api.payments.filters import PaymentFilters
from benchmarks.gateway import MERCHANT_ID
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import payment_list


@dataclass
class Explaining:
    """Stands for a connection: explains each statement before it runs it."""

    conn: Connection
    plans: list[dict[str, Any]] = field(default_factory=list)

    async def execute(self, query: bytes, parameters: object = None) -> Any:
        explained = await self.conn.execute(b"EXPLAIN (FORMAT JSON) " + query, cast("Any", parameters))
        row = await explained.fetchone()
        assert row is not None
        self.plans.append(row["QUERY PLAN"][0]["Plan"])
        return await self.conn.execute(query, cast("Any", parameters))


def scans(plan: dict[str, Any]) -> Iterator[str]:
    """Every access to payments in ``plan``: how, and by which index."""
    index = plan.get("Index Name", "")
    if plan.get("Relation Name") == "payments" or index.startswith(("idx_payments", "pk_payments")):
        yield f"{plan['Node Type']} {index}".strip()
    for child in plan.get("Plans", ()):
        yield from scans(child)


async def list_scans(pool: Pool, query: dict[str, str]) -> list[str]:
    """The plans of the list with the filters ``query`` and of its count."""
    many = {name: [value] if name in ("status", "method") else value for name, value in query.items()}
    wanted = PaymentFilters.model_validate(many).after(None)
    async with transaction(pool) as conn:
        explaining = Explaining(conn)
        await payment_list.page(cast("Connection", explaining), UUID(MERCHANT_ID), wanted, limit=101)
    return [scan for plan in explaining.plans for scan in scans(plan)]
