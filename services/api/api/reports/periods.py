"""The dashboard's periods: whole hours or days of the merchant's time zone, up to now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from api.reports.schemas import CurrencyTotal, DashboardSummary, Interval, SummaryBucket
from gateway_core.db.queries.reports import PaymentGroup
from gateway_core.domain.errors import bad_request
from gateway_core.domain.events import rfc3339
from gateway_core.domain.money import DEFAULT_CURRENCY
from gateway_core.domain.payment import PaymentStatus

PERIODS_DAYS: Final = (1, 7, 30, 90)
DEFAULT_DAYS: Final = 30
HOURS_OF_A_DAY: Final = 24


@dataclass(frozen=True, slots=True)
class Period:
    """From the first of ``buckets``, which are the starts of each, up to ``end``, which lies in the last one."""

    interval: Interval
    zone: ZoneInfo
    buckets: Sequence[datetime]
    end: datetime

    @property
    def start(self) -> datetime:
        return self.buckets[0]


def check_days(value: object) -> int:
    """A query's ``days`` as one of ``PERIODS_DAYS``, or BAD_REQUEST_ERROR."""
    for days in PERIODS_DAYS:
        if value == str(days):
            return days
    raise bad_request(f"days must be one of {', '.join(map(str, PERIODS_DAYS))}", field="days")


def period_until(now: datetime, days: int, zone: ZoneInfo) -> Period:
    """The current hour and the 23 before it for one day, else the current day in ``zone`` and those before it."""
    local = now.astimezone(zone)
    if days == 1:
        hour = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        hours = [hour - timedelta(hours=ago) for ago in reversed(range(HOURS_OF_A_DAY))]
        return Period("hour", zone, hours, now)
    dates = [local.date() - timedelta(days=ago) for ago in reversed(range(days))]
    # Of clocks that change a day has 23 or 25 hours.
    midnights = [datetime.combine(date, time(), zone).astimezone(UTC) for date in dates]
    return Period("day", zone, midnights, now)


def summary(
    period: Period, groups: Sequence[PaymentGroup], refunded: Sequence[tuple[str, int]]
) -> DashboardSummary:
    """The totals of ``groups``, which are of ``period``."""
    currency = _main_currency(groups)
    by_status = _sum_by_status(groups)
    successful, failed = by_status[PaymentStatus.SUCCESS], by_status[PaymentStatus.FAILED]
    final = successful + failed
    return DashboardSummary.model_validate(
        {
            "from": rfc3339(period.start),
            "to": rfc3339(period.end),
            "interval": period.interval,
            "time_zone": period.zone.key,
            "currency": currency,
            "payments": by_status.total(),
            "successful": successful,
            "failed": failed,
            "pending": by_status.total() - final,
            "success_rate": round(100 * successful / final, 1) if final else None,
            "amounts": _amounts(groups),
            "refunded": [CurrencyTotal(currency=name, amount=amount) for name, amount in refunded],
            "series": [
                _bucket(start, [group for group in groups if group.start == start], currency)
                for start in period.buckets
            ],
        }
    )


def _main_currency(groups: Sequence[PaymentGroup]) -> str:
    """The one with most payments; of equals the first in the alphabet."""
    payments: Counter[str] = Counter()
    for group in groups:
        payments[group.currency] += group.payments
    return min(payments, key=lambda name: (-payments[name], name)) if payments else DEFAULT_CURRENCY


def _sum_by_status(groups: Sequence[PaymentGroup]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for group in groups:
        counts[group.status] += group.payments
    return counts


def _amounts(groups: Sequence[PaymentGroup]) -> list[CurrencyTotal]:
    totals: Counter[str] = Counter()
    for group in groups:
        if group.status == PaymentStatus.SUCCESS:
            totals[group.currency] += group.amount
    return [CurrencyTotal(currency=name, amount=totals[name]) for name in sorted(totals)]


def _bucket(start: datetime, groups: Sequence[PaymentGroup], currency: str) -> SummaryBucket:
    by_status = _sum_by_status(groups)
    successful = [group for group in groups if group.status == PaymentStatus.SUCCESS]
    return SummaryBucket(
        start=rfc3339(start),
        payments=by_status.total(),
        successful=by_status[PaymentStatus.SUCCESS],
        failed=by_status[PaymentStatus.FAILED],
        amount=sum(group.amount for group in successful if group.currency == currency),
    )
