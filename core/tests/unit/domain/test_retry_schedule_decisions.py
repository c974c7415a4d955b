"""Five attempts at 0 / 60 / 300 / 1800 / 7200 s, then no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.domain.retry_schedule import (
    PRODUCTION_GAPS_S,
    TEST_GAPS_S,
    Delivered,
    GiveUp,
    RetryIn,
    RetrySchedule,
    parse_retry_after_s,
)

FAILED = AttemptOutcome(response_code=500)
SCHEDULES = st.lists(st.integers(1, 604_800), min_size=1, max_size=20).map(
    lambda gaps: RetrySchedule(tuple(gaps))
)
CODES = st.integers(100, 599)
OUTCOMES = st.one_of(
    st.builds(AttemptOutcome, CODES),
    st.builds(AttemptOutcome, st.none() | CODES, st.sampled_from(AttemptError)),
)


@pytest.mark.parametrize(
    ("schedule", "gaps_s"),
    [(RetrySchedule(), (60, 300, 1800, 7200)), (RetrySchedule(TEST_GAPS_S), (5, 10, 15, 20))],
)
def test_the_contracts_schedules(schedule: RetrySchedule, gaps_s: tuple[int, ...]) -> None:
    decisions = [schedule.after_attempt(made, FAILED) for made in range(1, 6)]
    assert decisions == [*(RetryIn(gap_s) for gap_s in gaps_s), GiveUp()]
    assert schedule.max_attempts == 5


@given(SCHEDULES, st.integers(0, 19), st.floats(0, 1))
def test_jitter_is_only_added_and_bounded(schedule: RetrySchedule, number: int, jitter: float) -> None:
    gap_s = schedule.gaps_s[number % len(schedule.gaps_s)]
    attempts_made = number % len(schedule.gaps_s) + 1
    decision = schedule.after_attempt(attempts_made, FAILED, jitter=jitter)
    assert isinstance(decision, RetryIn)
    assert gap_s <= decision.gap_s <= gap_s + min(gap_s / 10, 60) + 1e-6
    exact = RetrySchedule(schedule.gaps_s, exact=True)
    assert exact.after_attempt(attempts_made, FAILED, jitter=jitter) == RetryIn(gap_s)


@pytest.mark.parametrize(
    ("code", "retry_after_s", "gap_s"),
    [
        (429, 90, 90),
        (503, 90, 90),
        (503, 59, 60),
        (503, 0, 60),
        (503, 7_201, 7_200),
        (503, float("inf"), 7_200),
        (503, None, 60),
        (500, 90, 60),
        (404, 90, 60),
        (301, 90, 60),
    ],
)
def test_retry_after_delays_the_retry(code: int, retry_after_s: float | None, gap_s: float) -> None:
    outcome = AttemptOutcome(code)
    assert RetrySchedule().after_attempt(1, outcome, retry_after_s=retry_after_s) == RetryIn(gap_s)
    assert RetrySchedule(exact=True).after_attempt(1, outcome, retry_after_s=retry_after_s) == RetryIn(60)
    assert RetrySchedule().after_attempt(5, outcome, retry_after_s=retry_after_s) == GiveUp()


@pytest.mark.parametrize(
    ("text", "retry_after_s"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 8000, float("inf")),
        ("Tue, 01 Jan 2030 12:01:30 GMT", 90),
        ("Tue, 01 Jan 2030 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251_508_801_599),
        *(
            (text, None)
            for text in (
                "",
                "-5",
                "+5",
                "1.5",
                "1e3",
                "٣",
                "soon",
                "120, 60",
                "Tue, 01 Jan 2030 12:00:00",
                "\ufffd",
                "…",
            )
        ),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, retry_after_s: float | None) -> None:
    assert parse_retry_after_s(text, datetime(2030, 1, 1, 12, 0, tzinfo=UTC)) == retry_after_s


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 27 Nov 2026 18:46:41 GMT",
        "Friday, 27-Nov-26 18:46:41 GMT",
        "Fri Nov 27 18:46:41 2026",
    ],
)
def test_a_date_has_three_forms(text: str) -> None:
    """RFC 9110, section 5.6.7: a recipient must take them all."""
    assert parse_retry_after_s(text, datetime(2026, 11, 27, 18, 45, 41, tzinfo=UTC)) == 60
    assert parse_retry_after_s(text, datetime(2027, 1, 1, tzinfo=UTC)) == 0


def test_the_day_of_an_asctime_date_may_have_one_digit() -> None:
    assert parse_retry_after_s("Sun Nov  6 08:49:37 1994", datetime(1994, 11, 6, 8, 49, tzinfo=UTC)) == 37


@pytest.mark.parametrize("exact", [True, False])
def test_a_receiver_that_is_gone_ends_the_attempts(exact: bool) -> None:
    assert RetrySchedule(exact=exact).after_attempt(1, AttemptOutcome(410)) == GiveUp()


@given(SCHEDULES, st.integers(1, 50), OUTCOMES)
def test_every_attempt_is_delivered_retried_or_given_up(
    schedule: RetrySchedule, attempts_made: int, outcome: AttemptOutcome
) -> None:
    decision = schedule.after_attempt(attempts_made, outcome)
    if outcome.succeeded:
        assert decision == Delivered()
    elif attempts_made <= len(schedule.gaps_s) and outcome.response_code != 410:
        assert decision == RetryIn(schedule.gaps_s[attempts_made - 1])
    else:
        assert decision == GiveUp()


@given(CODES)
def test_2xx_alone_is_success(code: int) -> None:
    assert AttemptOutcome(code).succeeded == (code // 100 == 2)


@pytest.mark.parametrize("error", AttemptError)
def test_an_error_is_never_success(error: AttemptError) -> None:
    assert not AttemptOutcome(None, error).succeeded
    assert not AttemptOutcome(200, error).succeeded


def test_an_outcome_says_something() -> None:
    with pytest.raises(ValueError, match="response code or an error"):
        AttemptOutcome()


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        RetrySchedule().after_attempt(0, FAILED)


@pytest.mark.parametrize("text", ["60,300,1800,7200", " 60, 300 ,1800,7200 "])
def test_the_environment_gives_seconds(text: str) -> None:
    assert RetrySchedule.parse(text).gaps_s == PRODUCTION_GAPS_S


@given(SCHEDULES)
def test_a_schedule_survives_its_own_text(schedule: RetrySchedule) -> None:
    assert RetrySchedule.parse(",".join(map(str, schedule.gaps_s))) == schedule


@pytest.mark.parametrize(
    "text", ["", ",", "60,", "sixty", "60;300", "1.5", "-5", "+5", "1e3", "\u0663", "60\n,1", "99999999"]
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole seconds between commas"):
        RetrySchedule.parse(text)


@pytest.mark.parametrize("gaps_s", [(), (0,), (-1,), (604_801,), (1,) * 21])
def test_a_schedule_is_bounded(gaps_s: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="retry"):
        RetrySchedule(gaps_s)
