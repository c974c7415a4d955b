from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from gateway_core.testing.factories import FakeClock, eventually


class Countdown:
    """True at the ``calls``-th call."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    async def done(self) -> bool:
        self.left -= 1
        return self.left == 0

    def asserted(self) -> int:
        self.left -= 1
        assert self.left == 0, f"{self.left} left"
        return 7


async def test_it_returns_the_first_true_answer() -> None:
    assert await eventually(Countdown(3).done, every_s=0.001) is True
    assert await eventually(Countdown(3).asserted, every_s=0.001) == 7


async def test_a_failure_says_what_was_seen_last() -> None:
    with pytest.raises(
        AssertionError, match=r"Countdown\.asserted was not true within 0\.05 s \(\d+ calls\); .*-\d+ left"
    ):
        await eventually(Countdown(0).asserted, timeout_s=0.05, every_s=0.001)
    with pytest.raises(AssertionError, match="the last answer was False"):
        await eventually(Countdown(0).done, timeout_s=0.05, every_s=0.001)


async def test_it_checks_at_least_once_and_keeps_its_bound() -> None:
    started_s = time.monotonic()
    assert await eventually(Countdown(1).done, timeout_s=0) is True
    with pytest.raises(AssertionError):
        await eventually(lambda: False, timeout_s=0.1)
    assert time.monotonic() - started_s < 2


async def test_other_errors_pass_through_at_once() -> None:
    calls: list[int] = []

    def broken() -> bool:
        calls.append(1)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await eventually(broken)
    assert len(calls) == 1


def test_a_fake_clock_moves_only_when_told() -> None:
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock() == clock() == datetime(2026, 1, 1, tzinfo=UTC)
    clock.advance(90.5)
    assert clock() == datetime(2026, 1, 1, 0, 1, 30, 500_000, tzinfo=UTC)
    assert clock.monotonic_s == 90.5
