"""The dispatcher's metrics. No label names a merchant or an endpoint: series stay few."""

from __future__ import annotations

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.runtime.metrics import counter, gauge, histogram
from webhook_dispatcher.stages import Fault

attempts = counter("gateway_webhook_attempts_total", "Attempts by outcome.", ("outcome",))
attempt_seconds = histogram(
    "gateway_webhook_attempt_seconds",
    "From the start of an attempt to its end.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)
end_to_end_seconds = histogram(
    "gateway_webhook_end_to_end_seconds",
    "From the event to its acceptance by the merchant, retries included.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10800),
)
pickup_lag_seconds = histogram(
    "gateway_webhook_pickup_lag_seconds",
    "From the time a delivery was due to its being picked up.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
sends_in_flight = gauge("gateway_webhook_sends_in_flight", "Requests to merchants in flight.")
exhausted = counter("gateway_webhook_exhausted_total", "Deliveries given up after their last attempt.")
cancelled = counter("gateway_webhook_cancelled_total", "Deliveries whose merchant has no URL any more.")
released = counter(
    "gateway_webhook_released_total", "Attempts ended uncounted by a fault of the gateway.", ("fault",)
)
stale_records = counter(
    "gateway_webhook_stale_records_total",
    "Attempts recorded without counting: their lease had been taken over.",
)

for _outcome in ("success", "http_4xx", "http_5xx", "http_other", *AttemptError):
    attempts.labels(_outcome)
for _fault in Fault:
    released.labels(_fault)


def outcome_label(outcome: AttemptOutcome) -> str:
    """``success``, ``http_4xx``, ``http_5xx``, ``http_other`` or an :class:`AttemptError`."""
    if outcome.error is not None:
        return outcome.error.value
    assert outcome.response_code is not None  # an outcome has one or the other
    if outcome.succeeded:
        return "success"
    hundreds = outcome.response_code // 100
    return f"http_{hundreds}xx" if hundreds in (4, 5) else "http_other"
