"""Periods and totals of the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.reports.periods import Period, check_days, period_until, summary
from gateway_core.db.queries.reports import PaymentGroup
from gateway_core.domain.errors import GatewayError

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2024, 3, 1, 10, 31, 10, 500_000, tzinfo=UTC)


def test_a_day_is_this_hour_and_the_23_before_it() -> None:
    period = period_until(NOW, 1, UTC_ZONE)
    assert (period.interval, len(period.buckets)) == ("hour", 24)
    assert period.buckets[0] == datetime(2024, 2, 29, 11, tzinfo=UTC)
    assert period.buckets[-1] == datetime(2024, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("days", [7, 30, 90])
def test_longer_periods_are_whole_days_in_utc(days: int) -> None:
    period = period_until(NOW.astimezone(timezone(timedelta(hours=14))), days, UTC_ZONE)
    assert (period.interval, len(period.buckets)) == ("day", days)
    assert period.buckets[-1] == datetime(2024, 3, 1, tzinfo=UTC)
    assert period.start == datetime(2024, 3, 1, tzinfo=UTC) - timedelta(days=days - 1)


@pytest.mark.parametrize(
    ("zone", "now", "first", "last"),
    [
        ("Asia/Kolkata", "2024-03-01T20:00Z", "2024-02-24T18:30Z", "2024-03-01T18:30Z"),
        ("America/New_York", "2024-03-12T03:00Z", "2024-03-05T05:00Z", "2024-03-11T04:00Z"),
        ("Africa/Cairo", "2024-04-27T12:00Z", "2024-04-20T22:00Z", "2024-04-26T21:00Z"),
    ],
)
def test_days_begin_at_midnight_of_the_merchant_also_when_clocks_change(
    zone: str, now: str, first: str, last: str
) -> None:
    period = period_until(datetime.fromisoformat(now), 7, ZoneInfo(zone))
    assert (period.buckets[0], period.buckets[-1]) == (
        datetime.fromisoformat(first), datetime.fromisoformat(last),
    )  # fmt: skip
    assert len(period.buckets) == 7


def test_hours_of_zones_with_half_hours_begin_with_their_hours() -> None:
    period = period_until(NOW, 1, ZoneInfo("Asia/Kolkata"))
    assert period.buckets[-1] == datetime(2024, 3, 1, 10, 30, tzinfo=UTC)


def test_a_bucket_that_just_began_is_there() -> None:
    midnight = datetime(2024, 3, 1, tzinfo=UTC)
    assert period_until(midnight, 7, UTC_ZONE).buckets[-1] == midnight
    assert len(period_until(midnight, 7, UTC_ZONE).buckets) == 7


@pytest.mark.parametrize("text", ["", "0", "2", "-7", "07", "7.0", "٧", "365"])
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(GatewayError, match="days must be one of 1, 7, 30, 90"):
        check_days(text)


def test_a_known_period_is_a_number_of_days() -> None:
    assert check_days("90") == 90


def told_of(
    period: Period, groups: Sequence[PaymentGroup], refunded: Sequence[tuple[str, int]] = ()
) -> dict[str, Any]:
    return summary(period, groups, refunded).model_dump(by_alias=True)


def test_an_empty_period_has_its_buckets_and_no_rate() -> None:
    told = told_of(period_until(NOW, 7, UTC_ZONE), [])
    assert (told["payments"], told["success_rate"], told["amounts"], told["currency"]) == (0, None, [], "INR")
    assert len(told["series"]) == 7
    assert told["series"][0] == {
        "start": "2024-02-24T00:00:00.000Z", "payments": 0, "successful": 0, "failed": 0, "amount": 0,
    }  # fmt: skip
    assert (told["from"], told["to"]) == ("2024-02-24T00:00:00.000Z", "2024-03-01T10:31:10.500Z")


def test_totals_add_up_within_their_currency_and_never_across() -> None:
    first, last = datetime(2024, 2, 24, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)
    groups = [
        PaymentGroup(first, "success", "INR", 2, 1_000),
        PaymentGroup(last, "success", "INR", 1, 300),
        PaymentGroup(last, "success", "USD", 1, 7),
        PaymentGroup(last, "failed", "INR", 2, 999),
        PaymentGroup(last, "pending", "USD", 1, 999),
        PaymentGroup(last, "processing", "INR", 1, 999),
    ]
    told = told_of(period_until(NOW, 7, UTC_ZONE), groups, [("INR", 50)])
    assert (told["payments"], told["successful"], told["failed"], told["pending"]) == (8, 4, 2, 2)
    assert told["success_rate"] == 66.7
    assert told["currency"] == "INR"
    assert told["amounts"] == [{"currency": "INR", "amount": 1_300}, {"currency": "USD", "amount": 7}]
    assert told["refunded"] == [{"currency": "INR", "amount": 50}]
    assert [bucket["amount"] for bucket in told["series"]] == [1_000, 0, 0, 0, 0, 0, 300]
    assert told["series"][-1] == {
        "start": "2024-03-01T00:00:00.000Z", "payments": 6, "successful": 2, "failed": 2, "amount": 300,
    }  # fmt: skip


def test_the_main_currency_is_the_one_of_most_payments_not_of_most_money() -> None:
    groups = [
        PaymentGroup(NOW.replace(hour=0, minute=0, second=0, microsecond=0), "failed", "EUR", 3, 3),
        PaymentGroup(NOW.replace(hour=0, minute=0, second=0, microsecond=0), "success", "INR", 2, 10**9),
    ]
    assert told_of(period_until(NOW, 7, UTC_ZONE), groups)["currency"] == "EUR"
