"""Submit → query the status → settle: final answers settle, unknown ones are queried, never submitted again."""

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
    PendingUntil,
    QueryStatusAt,
    Settle,
    Unknown,
    decide,
)
from gateway_core.domain.payment import PAYMENT_ENDS, PaymentStatus
from gateway_core.domain.refund import REFUND_ENDS, RefundStatus

NOW = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.just(Approved()),
    st.builds(Declined, st.text()),
    st.integers(-(10**6), 10**6).map(lambda delay_s: PendingUntil(NOW + timedelta(seconds=delay_s))),
    st.builds(Unknown, st.text()),
)
QUERIES = st.integers(0, 10_000)


def in_seconds(delay_s: float) -> datetime:
    return NOW + timedelta(seconds=delay_s)


def test_a_final_answer_settles_a_payment() -> None:
    assert decide(Approved(), 0, NOW, PAYMENT_ENDS) == Settle(PaymentStatus.SUCCESS, None, None)
    assert decide(Declined("Insufficient funds"), 3, NOW, PAYMENT_ENDS) == Settle(
        PaymentStatus.FAILED, "PAYMENT_FAILED", "Insufficient funds"
    )


def test_a_final_answer_settles_a_refund() -> None:
    assert decide(Approved(), 0, NOW, REFUND_ENDS) == Settle(RefundStatus.PROCESSED, None, None)
    assert decide(Declined("Account closed"), 0, NOW, REFUND_ENDS) == Settle(
        RefundStatus.FAILED, "REFUND_FAILED", "Account closed"
    )


def test_a_pending_answer_is_queried_when_due() -> None:
    assert decide(PendingUntil(in_seconds(7.5)), 0, NOW, PAYMENT_ENDS) == QueryStatusAt(
        in_seconds(7.5), False
    )
    assert decide(PendingUntil(in_seconds(1)), 99, NOW, PAYMENT_ENDS) == QueryStatusAt(in_seconds(1), False)


def test_a_pending_answer_never_hides_a_payment_for_more_than_an_hour() -> None:
    assert decide(PendingUntil(datetime.max.replace(tzinfo=UTC)), 0, NOW, PAYMENT_ENDS) == QueryStatusAt(
        in_seconds(3600), False
    )


@pytest.mark.parametrize(("queries", "review"), [(1, False), (99, False), (100, True), (5000, True)])
def test_a_charge_that_stays_pending_is_queried_less_often_and_shown_to_a_person(
    queries: int, review: bool
) -> None:
    soon = PendingUntil(NOW + timedelta(milliseconds=1))
    assert decide(soon, queries, NOW, PAYMENT_ENDS) == QueryStatusAt(in_seconds(1), review)
    assert decide(soon, 0, NOW, PAYMENT_ENDS) == QueryStatusAt(soon.at, False)


@pytest.mark.parametrize("answer", [Unknown("timeout"), PendingUntil(NOW), PendingUntil(in_seconds(-60))])
def test_an_unclear_answer_backs_off_and_asks_for_review_from_the_eighth_query(answer: Answer) -> None:
    decisions = [decide(answer, queries, NOW, PAYMENT_ENDS) for queries in range(11)]
    gaps_s = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert decisions == [QueryStatusAt(in_seconds(gap_s), number >= 8) for number, gap_s in enumerate(gaps_s)]


@given(ANSWERS, QUERIES)
def test_queries_never_stop_and_never_spin(answer: Answer, queries: int) -> None:
    match decide(answer, queries, NOW, PAYMENT_ENDS):
        case Settle():
            assert isinstance(answer, Approved | Declined)
        case QueryStatusAt(at):
            assert NOW < at <= in_seconds(3600)


@given(ANSWERS, QUERIES)
def test_what_is_settled_is_final_and_reachable_from_processing(answer: Answer, queries: int) -> None:
    paid = decide(answer, queries, NOW, PAYMENT_ENDS)
    returned = decide(answer, queries, NOW, REFUND_ENDS)
    if isinstance(paid, Settle) and isinstance(returned, Settle):
        assert PaymentStatus(paid.status).is_final
        assert paid.status in payment.MOVES[PaymentStatus.PROCESSING]
        assert RefundStatus(returned.status).is_final
        assert returned.status in refund.MOVES[RefundStatus.PROCESSING]
