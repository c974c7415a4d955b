"""Submit → look up → settle: final answers settle, unknown ones are looked up, never driven again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain import payment, refund
from gateway_core.domain.acquiring import (
    Answer,
    Approved,
    Declined,
    LookUpAt,
    PendingUntil,
    Settle,
    Unknown,
)
from gateway_core.domain.payment import PaymentStatus
from gateway_core.domain.refund import RefundStatus

NOW = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.just(Approved()),
    st.builds(Declined, st.text()),
    st.integers(-(10**6), 10**6).map(lambda delay_s: PendingUntil(NOW + timedelta(seconds=delay_s))),
    st.builds(Unknown, st.text()),
)
LOOK_UPS = st.integers(0, 10_000)


def in_seconds(delay_s: float) -> datetime:
    return NOW + timedelta(seconds=delay_s)


def test_a_final_answer_settles_a_payment() -> None:
    assert payment.decide(Approved(), 0, NOW) == Settle(PaymentStatus.SUCCESS, None, None)
    assert payment.decide(Declined("Insufficient funds"), 3, NOW) == Settle(
        PaymentStatus.FAILED, "PAYMENT_FAILED", "Insufficient funds"
    )


def test_a_final_answer_settles_a_refund() -> None:
    assert refund.decide(Approved(), 0, NOW) == Settle(RefundStatus.PROCESSED, None, None)
    assert refund.decide(Declined("Account closed"), 0, NOW) == Settle(
        RefundStatus.FAILED, "REFUND_FAILED", "Account closed"
    )


def test_a_pending_answer_is_looked_up_when_due() -> None:
    assert payment.decide(PendingUntil(in_seconds(7.5)), 0, NOW) == LookUpAt(in_seconds(7.5), False)
    assert payment.decide(PendingUntil(in_seconds(1)), 99, NOW) == LookUpAt(in_seconds(1), False)


def test_a_pending_answer_never_hides_a_payment_for_more_than_an_hour() -> None:
    assert payment.decide(PendingUntil(datetime.max.replace(tzinfo=UTC)), 0, NOW) == LookUpAt(
        in_seconds(3600), False
    )


@pytest.mark.parametrize(("look_ups", "review"), [(1, False), (99, False), (100, True), (5000, True)])
def test_an_end_that_is_promised_again_and_again_is_asked_for_less_often_and_shown_to_a_person(
    look_ups: int, review: bool
) -> None:
    soon = PendingUntil(NOW + timedelta(milliseconds=1))
    assert payment.decide(soon, look_ups, NOW) == LookUpAt(in_seconds(1), review)
    assert payment.decide(soon, 0, NOW) == LookUpAt(soon.at, False)


@pytest.mark.parametrize("answer", [Unknown("timeout"), PendingUntil(NOW), PendingUntil(in_seconds(-60))])
def test_an_unclear_answer_backs_off_and_asks_for_review_from_the_eighth_look_up(answer: Answer) -> None:
    decisions = [payment.decide(answer, look_ups, NOW) for look_ups in range(11)]
    gaps_s = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert decisions == [LookUpAt(in_seconds(gap_s), number >= 8) for number, gap_s in enumerate(gaps_s)]


@given(ANSWERS, LOOK_UPS)
def test_looking_never_stops_and_never_spins(answer: Answer, look_ups: int) -> None:
    match payment.decide(answer, look_ups, NOW):
        case Settle():
            assert isinstance(answer, Approved | Declined)
        case LookUpAt(at):
            assert NOW < at <= in_seconds(3600)


@given(ANSWERS, LOOK_UPS)
def test_what_is_settled_is_final_and_reachable_from_processing(answer: Answer, look_ups: int) -> None:
    paid = payment.decide(answer, look_ups, NOW)
    returned = refund.decide(answer, look_ups, NOW)
    if isinstance(paid, Settle) and isinstance(returned, Settle):
        assert paid.status.is_final
        assert paid.status in payment.MOVES[PaymentStatus.PROCESSING]
        assert returned.status.is_final
        assert returned.status in refund.MOVES[RefundStatus.PROCESSING]
