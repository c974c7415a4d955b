"""The simulated bank: an acquirer with a ledger of its own, so that it too remembers across a crash."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_core.acquiring.scenarios import Behaviour, Outcome, Script, TestMode
from gateway_core.db.pool import Pool, autocommit, reading
from gateway_core.db.queries import simulator
from gateway_core.db.queries.simulator import BankCharge, BankEntry
from gateway_core.domain.acquiring import (
    Answer,
    Approved,
    Charge,
    Declined,
    NotFound,
    PendingUntil,
    StatusAnswer,
    Unknown,
)
from gateway_core.runtime.settings import REFUND_DELAY_MAX_MS, REFUND_DELAY_MIN_MS, AcquirerSettings

LOST_ANSWER = "the bank's answer timed out"
NO_ANSWER = "the bank does not say how it ended"


class Simulator:
    """An :class:`~gateway_core.acquiring.acquirer.Acquirer` whose answers follow ``behaviour``."""

    def __init__(self, pool: Pool, behaviour: Behaviour) -> None:
        self._pool = pool
        self._behaviour = behaviour

    async def submit(self, charges: Sequence[Charge]) -> Sequence[Answer]:
        """Book ``charges``; a key that is booked already keeps its first outcome."""
        scripts = [self._behaviour.script(charge) for charge in charges]
        async with autocommit(self._pool) as conn:
            entries = await simulator.book(
                conn, [_bank_charge(charge, script) for charge, script in zip(charges, scripts, strict=True)]
            )
        return [
            Unknown(LOST_ANSWER) if script.answer_lost else _answer(entries[charge.key])
            for charge, script in zip(charges, scripts, strict=True)
        ]

    async def query_status(self, keys: Sequence[str]) -> Sequence[StatusAnswer]:
        """The status of the booked charges by now."""
        async with reading(self._pool) as conn:
            entries = await simulator.find(conn, keys)
        return [_answer(entries[key]) if key in entries else NotFound() for key in keys]


def _bank_charge(charge: Charge, script: Script) -> BankCharge:
    return BankCharge(
        key=charge.key,
        kind=charge.kind,
        amount_minor=charge.amount_minor,
        outcome=script.outcome,
        reason=script.reason(charge.kind),
        delay_ms=script.delay_ms,
    )


def _answer(entry: BankEntry) -> Answer:
    if not entry.is_final:
        return PendingUntil(entry.final_at)
    match Outcome(entry.outcome):
        case Outcome.APPROVED:
            return Approved()
        case Outcome.DECLINED:
            return Declined(entry.reason or "")
        case Outcome.UNKNOWN:
            return Unknown(NO_ANSWER)


def behaviour_of(settings: AcquirerSettings) -> Behaviour:
    """The simulated bank's behaviour as the contract's variables ask for it."""
    test_mode = TestMode(delay_ms=settings.test_processing_delay_ms, success=settings.test_payment_success)
    return Behaviour(
        upi_success_rate=settings.upi_success_rate,
        card_success_rate=settings.card_success_rate,
        delay_min_ms=settings.processing_delay_min_ms,
        delay_max_ms=settings.processing_delay_max_ms,
        refund_delay_min_ms=REFUND_DELAY_MIN_MS,
        refund_delay_max_ms=REFUND_DELAY_MAX_MS,
        seed=settings.simulator_seed,
        test_mode=test_mode if settings.test_mode else None,
    )
