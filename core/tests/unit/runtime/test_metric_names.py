from __future__ import annotations

import pytest

from gateway_core.runtime.metrics import (
    BoundedLabel,
    CachedGauge,
    counter,
    exposition,
    gauge,
    histogram,
    set_build_info,
)


def exposed() -> str:
    body, content_type = exposition()
    assert content_type.startswith("text/plain")
    return body.decode()


def test_metrics_of_each_kind_are_exposed() -> None:
    counter("gateway_test_rows_total", "Rows.", ["outcome"]).labels("ok").inc(3)
    gauge("gateway_test_waiting", "Waiting.").set(7)
    histogram("gateway_test_seconds", "Seconds.", buckets=(0.1, 1)).observe(0.5)
    text = exposed()
    assert 'gateway_test_rows_total{outcome="ok"} 3.0' in text
    assert "gateway_test_waiting 7.0" in text
    assert 'gateway_test_seconds_bucket{le="1.0"} 1.0' in text
    assert "process_cpu_seconds_total" in text


@pytest.mark.parametrize("make", [counter, gauge, histogram])
def test_a_name_outside_our_prefix_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match="gateway_"):
        make("rows_total", "Rows.")


def test_build_info_says_what_runs() -> None:
    set_build_info("api", "0.0.1")
    set_build_info("api", "0.1.0")
    text = exposed()
    assert 'gateway_build_info{component="api",version="0.1.0"} 1.0' in text
    assert "0.0.1" not in text


def test_a_bounded_label_keeps_series_few() -> None:
    outcome = BoundedLabel({"success", "failed"})
    assert [outcome(value) for value in ("success", "failed", "merchant_1", "")] == [
        "success",
        "failed",
        "other",
        "other",
    ]


def test_a_reading_without_a_value_makes_no_series() -> None:
    reading = CachedGauge("gateway_test_depth", "Depth.", ["queue"])
    assert "gateway_test_depth{" not in exposed()
    reading.set(0, "payments")
    reading.set(3, "refunds")
    assert 'gateway_test_depth{queue="payments"} 0.0' in exposed()
    reading.withdraw("payments")
    reading.withdraw("payments")
    assert 'gateway_test_depth{queue="payments"}' not in exposed()
    assert 'gateway_test_depth{queue="refunds"} 3.0' in exposed()
    reading.withdraw_all()
    assert "gateway_test_depth{" not in exposed()
    with pytest.raises(ValueError, match="Duplicated"):
        gauge("gateway_test_depth", "Again.")
