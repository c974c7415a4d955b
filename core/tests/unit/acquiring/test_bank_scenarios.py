"""The simulated bank's script: repeatable, exact in test mode, at the contract's rates, with magic values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway_core.acquiring import scenarios
from gateway_core.acquiring.scenarios import (
    DECLINE_REASON,
    MAGIC_LAST4,
    REFUND_DECLINE_REASON,
    SLOW_DELAY_MS,
    Behaviour,
    Outcome,
    Scenario,
    Script,
    TestMode,
    scenario_of,
)
from gateway_core.acquiring.simulator import behaviour_of
from gateway_core.domain.acquiring import Charge, ChargeKind
from gateway_core.domain.card import CardInput, check_card
from gateway_core.runtime.settings import AcquirerSettings

CHARGES = 4_000
BEHAVIOUR = Behaviour(
    upi_success_rate=0.90,
    card_success_rate=0.95,
    delay_min_ms=5_000,
    delay_max_ms=10_000,
    refund_delay_min_ms=3_000,
    refund_delay_max_ms=5_000,
    seed="fixed",
)
NEVER = replace(BEHAVIOUR, upi_success_rate=0.0, card_success_rate=0.0)
ALWAYS = replace(BEHAVIOUR, upi_success_rate=1.0, card_success_rate=1.0)


def upi(vpa: str = "buyer@bank", key: str = "pay_1", kind: ChargeKind = ChargeKind.PAYMENT) -> Charge:
    return Charge(key=key, kind=kind, amount_minor=50_000, currency="INR", method="upi", vpa=vpa)


def card(last4: str = "1111", key: str = "pay_1", kind: ChargeKind = ChargeKind.PAYMENT) -> Charge:
    return Charge(
        key=key,
        kind=kind,
        amount_minor=50_000,
        currency="INR",
        method="card",
        card_network="visa",
        card_last4=last4,
    )


def scripts(behaviour: Behaviour, charge: Charge) -> Sequence[Script]:
    return [behaviour.script(replace(charge, key=f"pay_{number}")) for number in range(CHARGES)]


def approved_share(behaviour: Behaviour, charge: Charge) -> float:
    return sum(script.outcome is Outcome.APPROVED for script in scripts(behaviour, charge)) / CHARGES


def test_the_same_seed_and_key_give_the_same_script() -> None:
    assert scripts(BEHAVIOUR, upi()) == scripts(replace(BEHAVIOUR), upi())
    assert BEHAVIOUR.script(upi(vpa="a@bank")) == BEHAVIOUR.script(upi(vpa="b@bank"))


def test_another_seed_or_key_gives_another_script() -> None:
    assert scripts(BEHAVIOUR, upi()) != scripts(replace(BEHAVIOUR, seed="other"), upi())
    assert len({script.delay_ms for script in scripts(BEHAVIOUR, upi())}) > CHARGES / 4


@pytest.mark.parametrize(("charge", "rate"), [(upi(), 0.90), (card(), 0.95)])
def test_payments_succeed_at_the_contracts_rates(charge: Charge, rate: float) -> None:
    assert approved_share(BEHAVIOUR, charge) == pytest.approx(rate, abs=0.015)


@pytest.mark.parametrize("charge", [upi(), card()])
def test_a_rate_of_zero_or_one_is_exact(charge: Charge) -> None:
    assert approved_share(NEVER, charge) == 0
    assert approved_share(ALWAYS, charge) == 1


def test_delays_fill_their_range_and_do_not_leave_it() -> None:
    for charge, least_ms, most_ms in (
        (upi(), 5_000, 10_000),
        (card(), 5_000, 10_000),
        (upi(kind=ChargeKind.REFUND), 3_000, 5_000),
    ):
        delays_ms = [script.delay_ms for script in scripts(BEHAVIOUR, charge)]
        assert least_ms <= min(delays_ms) < least_ms + 100
        assert most_ms - 100 < max(delays_ms) <= most_ms


@pytest.mark.parametrize("success", [True, False])
def test_test_mode_is_exact_whatever_was_asked_for(success: bool) -> None:
    behaviour = replace(BEHAVIOUR, test_mode=TestMode(delay_ms=1_234, success=success))
    outcome = Outcome.APPROVED if success else Outcome.DECLINED
    charges = [
        upi(),
        card(),
        *(upi(f"{each}@bank") for each in Scenario),
        *(card(last4) for last4 in MAGIC_LAST4),
    ]
    assert {behaviour.script(charge) for charge in charges} == {Script(outcome, 1_234)}


def test_test_mode_lets_every_refund_through() -> None:
    behaviour = replace(BEHAVIOUR, test_mode=TestMode(delay_ms=7, success=False))
    for vpa in ("buyer@bank", "refund-failure@bank", "refund-timeout@bank"):
        assert behaviour.script(upi(vpa, kind=ChargeKind.REFUND)) == Script(Outcome.APPROVED, 7)


MAGIC = {
    Scenario.SUCCESS: (NEVER, Outcome.APPROVED, False),
    Scenario.FAILURE: (ALWAYS, Outcome.DECLINED, False),
    Scenario.SLOW: (NEVER, Outcome.APPROVED, False),
    Scenario.TIMEOUT: (NEVER, Outcome.APPROVED, True),
    Scenario.UNKNOWN: (ALWAYS, Outcome.UNKNOWN, False),
    Scenario.REFUND_FAILURE: (NEVER, Outcome.APPROVED, False),
    Scenario.REFUND_TIMEOUT: (NEVER, Outcome.APPROVED, False),
}
LAST4_OF = {scenario: last4 for last4, scenario in MAGIC_LAST4.items()}


@pytest.mark.parametrize("scenario", Scenario)
def test_a_magic_value_decides_against_all_odds(scenario: Scenario) -> None:
    odds, outcome, answer_lost = MAGIC[scenario]
    for charge in (upi(f"{scenario}@bank"), upi(f"{scenario.upper()}@okaxis"), card(LAST4_OF[scenario])):
        script = odds.script(charge)
        assert (script.outcome, script.answer_lost) == (outcome, answer_lost)
        if scenario is Scenario.SLOW:
            assert script.delay_ms == SLOW_DELAY_MS
        else:
            assert 5_000 <= script.delay_ms <= 10_000


@pytest.mark.parametrize("scenario", Scenario)
def test_a_refund_follows_its_payments_instrument(scenario: Scenario) -> None:
    outcome = Outcome.DECLINED if scenario is Scenario.REFUND_FAILURE else Outcome.APPROVED
    for charge in (
        upi(f"{scenario}@bank", kind=ChargeKind.REFUND),
        card(LAST4_OF[scenario], kind=ChargeKind.REFUND),
    ):
        script = NEVER.script(charge)
        assert (script.outcome, script.answer_lost) == (outcome, scenario is Scenario.REFUND_TIMEOUT)
        assert 3_000 <= script.delay_ms <= 5_000


@pytest.mark.parametrize("vpa", ["buyer@bank", "mysuccess@bank", "success.@bank", "bank@success", "@bank"])
def test_an_ordinary_vpa_is_no_magic(vpa: str) -> None:
    assert scenario_of(upi(vpa)) is None


def test_magic_digits_count_for_cards_only() -> None:
    assert scenario_of(upi("0002@bank")) is None
    assert scenario_of(card("1111")) is None


def test_the_reason_of_a_decline_says_what_was_declined() -> None:
    declined = Script(Outcome.DECLINED, 0)
    assert declined.reason(ChargeKind.PAYMENT) == DECLINE_REASON
    assert declined.reason(ChargeKind.REFUND) == REFUND_DECLINE_REASON
    assert Script(Outcome.APPROVED, 0).reason(ChargeKind.PAYMENT) is None
    assert Script(Outcome.UNKNOWN, 0).reason(ChargeKind.REFUND) is None


def documented() -> dict[str, str]:
    """Card number by local part, as the table in the module's docstring has them."""
    return dict(re.findall(r"^``([a-z-]+)@…``\s+``(\d+)``", scenarios.__doc__ or "", re.MULTILINE))


def test_every_scenario_is_documented_once() -> None:
    assert sorted(documented()) == sorted(Scenario)
    assert sorted(number[-4:] for number in documented().values()) == sorted(MAGIC_LAST4)


@pytest.mark.parametrize("scenario", Scenario)
def test_a_documented_card_passes_every_check_and_plays_its_scenario(scenario: Scenario) -> None:
    number = documented()[scenario]
    summary = check_card(CardInput(number, "12", "2030", "123", "A Buyer"))
    assert (len(number), summary.network) == (16, "visa")
    assert scenario_of(card(summary.last4)) is scenario


def settings(**changes: object) -> AcquirerSettings:
    core = {"gateway_env": "local", "database_url": "postgresql://u@h/d", "redis_url": "redis://h"}
    return AcquirerSettings.model_validate(core | changes)


def test_the_contracts_variables_are_the_banks_behaviour() -> None:
    assert behaviour_of(settings()) == replace(BEHAVIOUR, seed="payment-gateway")
    changed = behaviour_of(
        settings(
            upi_success_rate=0.5,
            card_success_rate=0.25,
            PROCESSING_DELAY_MIN=10,
            PROCESSING_DELAY_MAX=20,
            simulator_seed="s",
        )
    )
    assert (changed.upi_success_rate, changed.card_success_rate, changed.seed) == (0.5, 0.25, "s")
    assert (changed.delay_min_ms, changed.delay_max_ms, changed.test_mode) == (10, 20, None)


def test_test_mode_comes_from_its_three_variables() -> None:
    assert behaviour_of(settings(test_mode=True)).test_mode == TestMode(delay_ms=1_000, success=True)
    behaviour = behaviour_of(settings(test_mode=True, TEST_PROCESSING_DELAY=50, test_payment_success="false"))
    assert behaviour.test_mode == TestMode(delay_ms=50, success=False)
