"""Where charges come from: all that differs between payments and refunds at an acquirer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from gateway_core.db.pool import Connection
from gateway_core.db.queries import payment_work, payments, refund_work, refunds
from gateway_core.db.queries.leases import Claimed, LeasedTable, Record, Settlement
from gateway_core.domain.acquiring import ChargeKind, Ends
from gateway_core.domain.payment import PAYMENT_ENDS
from gateway_core.domain.refund import REFUND_ENDS
from gateway_core.streams.names import Stream


class ClaimDue(Protocol):
    """Leases up to ``limit`` due rows for ``lease_s``."""

    async def __call__(self, conn: Connection, *, limit: int, lease_s: float) -> Sequence[Claimed]: ...


SettleRows: TypeAlias = Callable[[Connection, Sequence[Settlement]], Awaitable[None]]
GetRecord: TypeAlias = Callable[[Connection, str], Awaitable[Record | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeSource:
    """A table of charges, the queue that wakes its workers, the names of its ends, and its statements."""

    kind: ChargeKind
    table: LeasedTable
    queue: Stream
    ends: Ends
    claim_due: ClaimDue
    settle: SettleRows
    get: GetRecord


PAYMENTS: Final = ChargeSource(
    kind=ChargeKind.PAYMENT,
    table=LeasedTable.PAYMENTS,
    queue=Stream.PAYMENTS,
    ends=PAYMENT_ENDS,
    claim_due=payment_work.claim_due,
    settle=payment_work.settle,
    get=payments.get,
)
REFUNDS: Final = ChargeSource(
    kind=ChargeKind.REFUND,
    table=LeasedTable.REFUNDS,
    queue=Stream.REFUNDS,
    ends=REFUND_ENDS,
    claim_due=refund_work.claim_due,
    settle=refund_work.settle,
    get=refunds.get,
)
