"""The state machines: every path ends in a final status, which never changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from gateway_core.domain import payment, refund
from gateway_core.domain.payment import PaymentStatus
from gateway_core.domain.refund import RefundStatus

StatusT = TypeVar("StatusT", bound=StrEnum)


def test_the_contracts_statuses() -> None:
    assert [*PaymentStatus] == ["pending", "processing", "success", "failed"]
    assert [*RefundStatus] == ["pending", "processing", "processed", "failed"]


def test_the_final_statuses() -> None:
    assert {status for status in PaymentStatus if status.is_final} == {"success", "failed"}
    assert {status for status in RefundStatus if status.is_final} == {"processed", "failed"}


def test_money_moves_only_through_processing() -> None:
    assert {a for a, to in payment.MOVES.items() if PaymentStatus.SUCCESS in to} == {"processing"}
    assert {a for a, to in refund.MOVES.items() if RefundStatus.PROCESSED in to} == {"processing"}


def walks(moves: Mapping[StatusT, frozenset[StatusT]], start: StatusT) -> list[list[StatusT]]:
    """Every way from `start` until nothing leads on."""
    return [[start, *rest] for step in moves[start] for rest in walks(moves, step)] or [[start]]


def test_every_way_of_a_payment_ends() -> None:
    assert sorted(walks(payment.MOVES, PaymentStatus.PENDING)) == [
        ["pending", "failed"],
        ["pending", "processing", "failed"],
        ["pending", "processing", "success"],
    ]


def test_every_way_of_a_refund_ends() -> None:
    assert sorted(walks(refund.MOVES, RefundStatus.PENDING)) == [
        ["pending", "processing", "failed"],
        ["pending", "processing", "processed"],
    ]
