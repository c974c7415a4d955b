"""Which requests with a session's cookie count as the dashboard's own."""

from __future__ import annotations

import pytest

from api.session.same_origin import check_same_origin
from gateway_core.domain.errors import ErrorCode, GatewayError

Headers = list[tuple[bytes, bytes]]

ORIGINS = {"http://localhost:3000", "https://pay.example"}
ORIGIN = (b"origin", b"http://localhost:3000")
SITE = (b"sec-fetch-site", b"same-origin")
MARK = (b"x-gateway-dashboard", b"1")


def is_let_through(method: str, headers: Headers) -> bool:
    try:
        check_same_origin(method, headers, ORIGINS)
    except GatewayError:
        return False
    return True


def test_a_refusal_has_the_contracts_words() -> None:
    with pytest.raises(GatewayError, match="Cross-site request refused") as refusal:
        check_same_origin("POST", [], ORIGINS)
    assert refusal.value.code is ErrorCode.FORBIDDEN_ERROR


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_who_acts_brings_all_three(method: str) -> None:
    assert is_let_through(method, [ORIGIN, SITE, MARK])
    assert is_let_through(method, [(b"origin", b"https://pay.example"), SITE, MARK])
    for missing in (ORIGIN, SITE, MARK):
        assert not is_let_through(method, [each for each in (ORIGIN, SITE, MARK) if each != missing])


@pytest.mark.parametrize(
    "origin",
    [
        b"",
        b"null",
        b"http://localhost",
        b"http://localhost:3001",
        b"http://localhost:30000",
        b"http://localhost:3000/",
        b"http://127.0.0.1:3000",
        b"https://localhost:3000",
        b"http://localhost:3000.evil.example",
        b"http://evil.example",
        b"HTTP://LOCALHOST:3000",
        b"http://localhost:3000,http://localhost:3000",
        b"\xff",
    ],
)
def test_another_origin_is_refused(origin: bytes) -> None:
    assert not is_let_through("POST", [(b"origin", origin), SITE, MARK])


@pytest.mark.parametrize("site", [b"same-site", b"cross-site", b"none", b"", b"Same-Origin", b"same-origin "])
def test_who_acts_from_anything_but_the_same_origin_is_refused(site: bytes) -> None:
    assert not is_let_through("POST", [ORIGIN, (b"sec-fetch-site", site), MARK])


@pytest.mark.parametrize("mark", [b"", b"0", b"true", b"1,1", b"11"])
def test_the_mark_is_exact(mark: bytes) -> None:
    assert not is_let_through("POST", [ORIGIN, SITE, (b"x-gateway-dashboard", mark)])


@pytest.mark.parametrize("twice", [ORIGIN, SITE, MARK])
def test_a_header_sent_twice_is_refused(twice: tuple[bytes, bytes]) -> None:
    assert not is_let_through("POST", [ORIGIN, SITE, MARK, twice])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("sites", "allowed"),
    [
        ([], True),
        ([b"same-origin"], True),
        ([b"none"], True),
        ([b"same-site"], False),
        ([b"cross-site"], False),
        ([b""], False),
        ([b"same-origin", b"cross-site"], False),
        ([b"none", b"none"], False),
    ],
)
def test_reading_needs_no_more_than_not_being_elsewhere(
    method: str, sites: list[bytes], allowed: bool
) -> None:
    headers: Headers = [(b"sec-fetch-site", site) for site in sites]
    assert is_let_through(method, headers) is allowed


def test_without_any_origin_configured_nobody_acts() -> None:
    with pytest.raises(GatewayError):
        check_same_origin("POST", [ORIGIN, SITE, MARK], set())
