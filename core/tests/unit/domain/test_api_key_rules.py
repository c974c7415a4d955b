"""The status of an API key, and the bounds of its name and overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway_core.domain.api_key import check_key_name, check_overlap_s, key_status
from gateway_core.domain.errors import GatewayError

NOW = datetime(2030, 1, 1, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(microseconds=1), NOW + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("revoked_at", "expires_at", "status", "is_live"),
    [
        (None, None, "active", True),
        (None, AFTER, "expiring", True),
        (None, NOW, "expired", False),
        (None, BEFORE, "expired", False),
        (BEFORE, None, "revoked", False),
        (BEFORE, AFTER, "revoked", False),
        (BEFORE, BEFORE, "revoked", False),
    ],
)
def test_the_status(
    revoked_at: datetime | None, expires_at: datetime | None, status: str, is_live: bool
) -> None:
    found = key_status(revoked_at, expires_at, NOW)
    assert (found.value, found.is_live) == (status, is_live)


@pytest.mark.parametrize(
    ("given", "kept"), [(None, None), ("", None), ("  ", None), (" Shop ", "Shop"), ("n" * 80, "n" * 80)]
)
def test_a_name_is_trimmed_and_may_be_missing(given: object, kept: str | None) -> None:
    assert check_key_name(given) == kept


@pytest.mark.parametrize("name", [1, ["Shop"], "n" * 81, "a\x00b", "\ud800"])
def test_an_invalid_name_is_refused(name: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_key_name(name)
    assert refusal.value.field == "name"


@pytest.mark.parametrize(("given", "kept"), [(None, 86_400), (0, 0), (604_800, 604_800)])
def test_the_overlap_defaults_to_a_day(given: object, kept: int) -> None:
    assert check_overlap_s(given) == kept


@pytest.mark.parametrize("overlap", [-1, 604_801, 1.5, "60", True, [], 2**63])
def test_an_overlap_out_of_bounds_is_refused(overlap: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_overlap_s(overlap)
    assert refusal.value.field == "overlap_seconds"
