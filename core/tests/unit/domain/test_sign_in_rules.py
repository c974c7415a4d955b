"""When a sign-in may be tried again, which address it counts for, and valid e-mail addresses and passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from gateway_core.domain.errors import GatewayError
from gateway_core.domain.sign_in import (
    ACCOUNT_THROTTLE,
    ADDRESS_THROTTLE,
    Failures,
    Throttle,
    check_email,
    check_new_email,
    check_new_password,
    check_password,
    client_address,
    count_try,
    parse_networks,
    wait_s,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)
THROTTLE = Throttle(free=3, first_wait_s=5, max_wait_s=60, forget_after_s=600)
LOOPBACK = parse_networks("127.0.0.0/8, ::1")


def failures(count: int, ago_s: float = 0) -> Failures:
    return Failures(count, NOW - timedelta(seconds=ago_s))


@pytest.mark.parametrize(
    ("count", "wanted_s"),
    [(0, 0), (1, 0), (2, 0), (3, 5), (4, 10), (5, 20), (6, 40), (7, 60), (8, 60), (10_000_000, 60)],
)
def test_the_wait_doubles_after_the_free_tries_up_to_a_bound(count: int, wanted_s: int) -> None:
    assert wait_s(THROTTLE, failures(count), NOW) == wanted_s


@pytest.mark.parametrize(("ago_s", "wanted_s"), [(0, 10), (0.5, 10), (1, 9), (9.999, 1), (10, 0), (599, 0)])
def test_the_wait_runs_from_the_last_try_in_whole_seconds_rounded_up(ago_s: float, wanted_s: int) -> None:
    assert wait_s(THROTTLE, failures(4, ago_s), NOW) == wanted_s


def test_a_try_is_counted_with_its_time() -> None:
    assert count_try(THROTTLE, failures(0, 1), NOW) == Failures(1, NOW)
    assert count_try(THROTTLE, failures(4, 599), NOW) == Failures(5, NOW)


def test_failures_are_forgotten_after_a_while() -> None:
    patient = Throttle(free=1, first_wait_s=5, max_wait_s=10_000, forget_after_s=600)
    assert wait_s(patient, failures(12, 599), NOW) > 0
    assert wait_s(patient, failures(12, 600), NOW) == 0
    assert count_try(patient, failures(12, 600), NOW) == Failures(1, NOW)


def test_an_account_allows_at_most_a_hundred_guesses_a_day() -> None:
    tried, now, guesses = Failures(0, NOW), NOW, 0
    while now < NOW + timedelta(days=1):
        now += timedelta(seconds=wait_s(ACCOUNT_THROTTLE, tried, now))
        tried, guesses = count_try(ACCOUNT_THROTTLE, tried, now), guesses + 1
    assert guesses <= 110


def test_an_address_that_many_people_share_has_more_tries_than_an_account() -> None:
    assert ADDRESS_THROTTLE.free > 3 * ACCOUNT_THROTTLE.free


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "counted"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("::1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["192.0.2.1", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1", "127.0.0.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1", "not an address"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("127.0.0.1", ["2001:db8:1:2:ffff::1"], "2001:db8:1:2::/64"),
        ("127.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_address_that_attempts_are_counted_for(peer: str, forwarded_for: list[str], counted: str) -> None:
    assert client_address(peer, forwarded_for, LOOPBACK) == counted


@pytest.mark.parametrize("text", ["localhost", "10.0.0.1/8", "10.0.0.0/33", "*"])
def test_an_invalid_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is Python's own
        parse_networks(text)


def test_a_sign_in_is_read_in_one_form() -> None:
    assert check_email(" Test@Example.COM ") == "test@example.com"
    assert check_password("Cafe\u0301 ") == "Caf\u00e9 "


@pytest.mark.parametrize(
    ("check", "value", "field"),
    [
        *[(check_email, value, "email") for value in ("", None, 5, "a" * 255, "a@b\x00")],
        *[(check_password, value, "password") for value in ("", None, ["x"], "x" * 1025, "\ud800")],
    ],
)
def test_what_can_be_no_sign_in_names_its_field(
    check: Callable[[object], str], value: object, field: str
) -> None:
    with pytest.raises(GatewayError) as refusal:
        check(value)
    assert refusal.value.field == field


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 1025, "e\u0301" * 11])
def test_a_new_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(GatewayError):
        check_new_password(password)


def test_a_new_password_is_kept_in_one_form() -> None:
    assert check_new_password("Cafe\u0301 au lait!") == "Caf\u00e9 au lait!"


@pytest.mark.parametrize(
    "email", ["", "asha", "@example.com", "asha@", "as ha@example.com", "a" * 251 + "@b.c"]
)
def test_an_invalid_email_address_is_refused(email: str) -> None:
    with pytest.raises(GatewayError):
        check_new_email(email)


def test_a_new_email_address_is_kept_in_lower_case() -> None:
    assert check_new_email("Asha@Example.com") == "asha@example.com"
