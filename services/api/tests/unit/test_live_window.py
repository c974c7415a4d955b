"""Ids that are committed out of order are seen once each, and none is left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.live.window import MAX_MISSING, MISSING_FOR_S, Window


def test_what_was_seen_is_not_seen_again() -> None:
    window = Window(10)
    assert window.take([11, 12], 0.0) == [11, 12]
    assert window.take([12], 0.1) == []
    assert (window.after, set(window.missing)) == (12, set())


def test_a_smaller_id_that_is_committed_late_is_seen() -> None:
    window = Window(10)
    assert window.take([12, 15], 0.0) == [12, 15]
    assert set(window.missing) == {11, 13, 14}
    assert window.take([13, 16], 0.2) == [13, 16]
    assert window.take([11], 0.4) == [11]
    assert set(window.missing) == {14}


def test_what_stood_before_the_window_never_appears() -> None:
    window = Window(10)
    assert window.take([9, 10], 0.0) == []


def test_a_rolled_back_id_is_given_up_after_a_while() -> None:
    window = Window(0)
    window.take([2], 0.0)
    window.take([4], MISSING_FOR_S / 2)
    window.take([], MISSING_FOR_S)
    assert set(window.missing) == {3}
    assert window.take([1], MISSING_FOR_S) == []


def test_a_jump_of_the_sequence_stays_bounded() -> None:
    window = Window(0)
    assert window.take([10**12], 0.0) == [10**12]
    assert len(window.missing) == MAX_MISSING
    window.take([10**12 + 2], 0.0)
    assert len(window.missing) == MAX_MISSING
    assert window.take([10**12 + 1], 0.0) == [10**12 + 1]


@given(st.permutations(range(1, 40)), st.integers(1, 7))
def test_every_order_of_commits_is_seen_once_each(order: list[int], step: int) -> None:
    window, committed, seen = Window(0), set[int](), list[int]()
    for start in range(0, len(order), step):
        committed |= set(order[start : start + step])
        visible = [each for each in sorted(committed) if each > window.after or each in window.missing]
        seen += window.take(visible, start / 100)
    assert sorted(seen) == list(range(1, 40))
