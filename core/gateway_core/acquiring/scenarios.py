"""The simulated bank's script: what becomes of a charge, and when.

Deterministic: the same seed and key always give the same script. Magic values choose a scenario by name. Of a card
only the last four digits count; the numbers below pass every check.

=====================  ======================  ================================================================
UPI: local part        card                    what happens
=====================  ======================  ================================================================
``success@…``          ``4000000000000010``    approved
``failure@…``          ``4000000000000002``    declined
``slow@…``             ``4000000000000044``    approved after ``SLOW_DELAY_MS``
``timeout@…``          ``4000000000000051``    the submit times out at the gateway, yet the bank approves
``unknown@…``          ``4000000000000069``    the bank never says how it ended: ``requires_review``
``refund-failure@…``   ``4000000000000077``    the payment is approved, its refunds are declined
``refund-timeout@…``   ``4000000000000085``    approved; the submits of its refunds time out, yet succeed
                       ``4000000000003220``    the payer is asked for a code first (``CHALLENGE_CODE``); then approved
=====================  ======================  ================================================================

``TEST_MODE`` overrides them all (contract, Rules).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway_core.domain.acquiring import Charge, ChargeKind

SLOW_DELAY_MS: Final = 30_000
DECLINE_REASON: Final = "Payment was declined by the bank"
REFUND_DECLINE_REASON: Final = "Refund was declined by the bank"
CHALLENGED_LAST4: Final = "3220"
CHALLENGE_CODE: Final = "123456"


class Scenario(StrEnum):
    """A named script; values are the local parts of the magic VPAs."""

    SUCCESS = "success"
    FAILURE = "failure"
    SLOW = "slow"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"
    REFUND_FAILURE = "refund-failure"
    REFUND_TIMEOUT = "refund-timeout"


MAGIC_LAST4: Final = {
    "0010": Scenario.SUCCESS,
    "0002": Scenario.FAILURE,
    "0044": Scenario.SLOW,
    "0051": Scenario.TIMEOUT,
    "0069": Scenario.UNKNOWN,
    "0077": Scenario.REFUND_FAILURE,
    "0085": Scenario.REFUND_TIMEOUT,
}


class Outcome(StrEnum):
    """How a charge ends in the bank's books."""

    APPROVED = "approved"
    DECLINED = "declined"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Script:
    """One charge's fate. ``answer_lost``: the bank books it but its answer to the submit never arrives."""

    outcome: Outcome
    delay_ms: int
    answer_lost: bool = False

    def reason(self, kind: ChargeKind) -> str | None:
        """Why it was declined, for the payment's ``error_description``."""
        if self.outcome is not Outcome.DECLINED:
            return None
        return DECLINE_REASON if kind is ChargeKind.PAYMENT else REFUND_DECLINE_REASON


@dataclass(frozen=True, slots=True, kw_only=True)
class TestMode:
    """``TEST_MODE=true``: exactly this delay and this outcome for every payment."""

    __test__ = False  # Not a test class, whatever its name says to pytest.

    delay_ms: int
    success: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Rates (0–1) and delays (ms) of the simulated bank; ``seed`` makes a run repeatable."""

    upi_success_rate: float
    card_success_rate: float
    delay_min_ms: int
    delay_max_ms: int
    refund_delay_min_ms: int
    refund_delay_max_ms: int
    seed: str
    test_mode: TestMode | None = None

    def script(self, charge: Charge) -> Script:
        """The fate of ``charge``."""
        dice = random.Random(f"{self.seed}:{charge.key}")  # noqa: S311 -- a script, not a secret
        if charge.kind is ChargeKind.REFUND:
            return self._refund(charge, dice)
        if self.test_mode is not None:
            return Script(_outcome(self.test_mode.success), self.test_mode.delay_ms)
        return self._payment(charge, dice)

    def _payment(self, charge: Charge, dice: random.Random) -> Script:
        delay_ms = dice.randint(self.delay_min_ms, self.delay_max_ms)
        match scenario_of(charge):
            case Scenario.SUCCESS | Scenario.REFUND_FAILURE | Scenario.REFUND_TIMEOUT:
                return Script(Outcome.APPROVED, delay_ms)
            case Scenario.FAILURE:
                return Script(Outcome.DECLINED, delay_ms)
            case Scenario.SLOW:
                return Script(Outcome.APPROVED, SLOW_DELAY_MS)
            case Scenario.TIMEOUT:
                return Script(Outcome.APPROVED, delay_ms, answer_lost=True)
            case Scenario.UNKNOWN:
                return Script(Outcome.UNKNOWN, delay_ms)
            case None:
                rate = self.upi_success_rate if charge.method == "upi" else self.card_success_rate
                return Script(_outcome(dice.random() < rate), delay_ms)

    def _refund(self, charge: Charge, dice: random.Random) -> Script:
        delay_ms = dice.randint(self.refund_delay_min_ms, self.refund_delay_max_ms)
        if self.test_mode is not None:
            return Script(Outcome.APPROVED, self.test_mode.delay_ms)
        scenario = scenario_of(charge)
        if scenario is Scenario.REFUND_FAILURE:
            return Script(Outcome.DECLINED, delay_ms)
        return Script(Outcome.APPROVED, delay_ms, answer_lost=scenario is Scenario.REFUND_TIMEOUT)


def scenario_of(charge: Charge) -> Scenario | None:
    """The scenario that the charge's magic value asks for; None for an ordinary one."""
    if charge.vpa is not None:
        local_part = charge.vpa.partition("@")[0].lower()
        return Scenario(local_part) if local_part in tuple(Scenario) else None
    # It comes this far only once its payer has passed.
    return Scenario.SUCCESS if is_challenged(charge.card_last4) else MAGIC_LAST4.get(charge.card_last4 or "")


def is_challenged(card_last4: str | None) -> bool:
    """Whether the card's bank wants its holder to enter a code before it is asked."""
    return card_last4 == CHALLENGED_LAST4


def _outcome(success: bool) -> Outcome:
    return Outcome.APPROVED if success else Outcome.DECLINED
