"""How many slots a merchant may have, depending on its receiver's responses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateway_core.db.queries.attempts import AttemptRecord
from webhook_dispatcher.limits import INITIAL_WINDOW, MAX_REMEMBERED, UNRESPONSIVE_AFTER_MS, ConcurrencyLimits

SLOTS, MAX_WINDOW = 512, 64


def record(*, duration_ms: int, code: int | None) -> AttemptRecord:
    return AttemptRecord(
        delivery_id=UUID(int=1),
        lease_generation=1,
        attempt=1,
        url="",
        started_at=datetime(2030, 1, 1, tzinfo=UTC),
        duration_ms=duration_ms,
        request_headers={},
        response_code=code,
        response_headers=None,
        response_body=None,
        error=None,
        status="pending",
        retry_in_s=60,
    )


QUICK = record(duration_ms=UNRESPONSIVE_AFTER_MS - 1, code=200)
REFUSED = record(duration_ms=1, code=None)
SLOW = record(duration_ms=UNRESPONSIVE_AFTER_MS, code=200)
HUNG = record(duration_ms=15_000, code=None)


@dataclass
class Bench:
    """Merchants with endless backlogs; ``held`` is what each has in flight."""

    limits: ConcurrencyLimits
    held: Counter[UUID]

    def claim(self, *merchants: int) -> None:
        """Rounds until none of ``merchants`` may have more, each taking turns as the database makes them."""
        while self._round([UUID(int=each) for each in merchants]):
            pass

    def _round(self, merchants: list[UUID]) -> bool:
        now = self.limits.capacity()
        named = {each.merchant_id: each for each in now.known}
        rooms = Counter(
            {each: named[each].free if each in named else now.free_per_merchant for each in merchants}
        )
        unresponsive_left, claimed = now.free_unresponsive, 0
        while claimed < now.free:
            able = [
                each
                for each in merchants
                if rooms[each] and not (each in named and named[each].unresponsive and not unresponsive_left)
            ]
            if not able:
                break
            chosen = min(able, key=lambda each: self.held[each])
            unresponsive_left -= chosen in named and named[chosen].unresponsive
            rooms[chosen] -= 1
            self.held[chosen] += 1
            self.limits.begin(chosen)
            claimed += 1
        return claimed > 0

    def end(self, merchant: int, with_: AttemptRecord | None, count: int = 1) -> None:
        for _ in range(count):
            self.held[UUID(int=merchant)] -= 1
            self.limits.end(UUID(int=merchant), with_)

    def of(self, merchant: int) -> int:
        return self.held[UUID(int=merchant)]


@pytest.fixture
def bench() -> Bench:
    return Bench(ConcurrencyLimits(slots=SLOTS, max_window=MAX_WINDOW), Counter())


def test_an_unknown_merchant_has_the_initial_window(bench: Bench) -> None:
    bench.claim(1)
    assert bench.of(1) == INITIAL_WINDOW


def test_a_smaller_maximum_is_respected() -> None:
    bench = Bench(ConcurrencyLimits(slots=SLOTS, max_window=5), Counter())
    for _ in range(20):
        bench.claim(1)
        assert bench.of(1) == 5
        bench.end(1, QUICK, 5)


@pytest.mark.parametrize("answer", [QUICK, SLOW, REFUSED])
def test_responses_widen_a_window_that_is_used(bench: Bench, answer: AttemptRecord) -> None:
    for _ in range(10):
        bench.claim(1)
        bench.end(1, answer, bench.of(1))
    bench.claim(1)
    assert bench.of(1) == MAX_WINDOW
    for _ in range(100):  # never more than one at once
        bench.limits.begin(UUID(int=2))
        bench.limits.end(UUID(int=2), QUICK)
    bench.claim(2)
    assert bench.of(2) == INITIAL_WINDOW


def test_an_attempt_without_a_response_resets_the_window(bench: Bench) -> None:
    for _ in range(10):
        bench.claim(1)
        bench.end(1, QUICK, bench.of(1))
    bench.claim(1)
    bench.end(1, HUNG, MAX_WINDOW)
    bench.claim(1)
    assert bench.of(1) == INITIAL_WINDOW


def test_some_slots_stay_free_however_many_merchants_hang(bench: Bench) -> None:
    bench.claim(*range(100, 200))
    assert sum(bench.held.values()) < SLOTS
    before = bench.held.copy()
    bench.claim(1)
    assert bench.of(1) >= 2
    assert {each: count for each, count in bench.held.items() if each.int >= 100} == before


def test_merchants_that_begin_to_hang_at_once_leave_slots_too(bench: Bench) -> None:
    for merchant in range(100, 120):
        for _ in range(10):
            bench.claim(merchant)
            bench.end(merchant, QUICK, bench.of(merchant))
    bench.claim(*range(100, 120))
    bench.claim(1)
    assert bench.of(1) == INITIAL_WINDOW


def test_all_unresponsive_merchants_together_have_a_quarter(bench: Bench) -> None:
    for merchant in range(100, 1100):
        bench.claim(merchant)
        bench.end(merchant, HUNG, bench.of(merchant))
    bench.claim(*range(100, 1100))
    assert sum(bench.held.values()) <= SLOTS // 4
    assert max(bench.held.values()) == 1
    bench.claim(1)
    assert bench.of(1) == INITIAL_WINDOW


@pytest.mark.parametrize("answer", [QUICK, SLOW, REFUSED])
def test_an_attempt_that_ends_in_time_makes_a_merchant_responsive(
    bench: Bench, answer: AttemptRecord
) -> None:
    bench.claim(1)
    bench.end(1, HUNG)
    assert [each.unresponsive for each in bench.limits.capacity().known] == [True]
    bench.end(1, answer)
    assert [each.unresponsive for each in bench.limits.capacity().known] == [False]


def test_an_attempt_without_a_record_changes_nothing(bench: Bench) -> None:
    bench.claim(1)
    bench.end(1, HUNG)
    bench.end(1, None)
    assert [each.unresponsive for each in bench.limits.capacity().known] == [True]


def test_unremarkable_merchants_are_forgotten(bench: Bench) -> None:
    bench.limits.begin(UUID(int=1))
    bench.limits.end(UUID(int=1), SLOW)
    assert bench.limits.capacity().known == []
    for merchant in range(MAX_REMEMBERED + 10):
        bench.limits.begin(UUID(int=merchant))
        bench.limits.end(UUID(int=merchant), HUNG)
    assert len(bench.limits.capacity().known) == MAX_REMEMBERED
