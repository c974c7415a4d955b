"""The session's cookie: what is written, and which one is believed."""

from __future__ import annotations

import pytest

from api.session.cookie import SessionCookie, hash_token, new_token

LOCAL, SECURE = SessionCookie(is_secure=False), SessionCookie(is_secure=True)
TOKEN = "gwsess_" + "A" * 43


def test_a_token_is_256_random_bits_and_stored_as_32_other_bytes() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token.removeprefix("gwsess_")) for token in tokens} == {43}
    assert len(hash_token(TOKEN)) == 32
    assert TOKEN.encode() not in hash_token(TOKEN)


def test_no_script_reads_it_no_other_site_sends_it() -> None:
    assert LOCAL.issue(TOKEN) == (
        f"gateway_session={TOKEN}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"
    )


def test_outside_a_local_evaluation_it_goes_over_https_only_and_to_this_host_only() -> None:
    assert SECURE.issue(TOKEN) == (
        f"__Host-gateway_session={TOKEN}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"
    )


@pytest.mark.parametrize("cookie", [LOCAL, SECURE])
def test_clearing_it_is_the_same_cookie_with_no_life(cookie: SessionCookie) -> None:
    assert cookie.clear() == cookie.issue("").replace("43200", "0")


def sent(*values: str) -> list[tuple[bytes, bytes]]:
    return [(b"accept", b"*/*"), *((b"cookie", value.encode("latin-1")) for value in values)]


@pytest.mark.parametrize(
    "headers",
    [
        sent(f"gateway_session={TOKEN}"),
        sent(f"theme=dark; gateway_session={TOKEN}; x"),
        sent("theme=dark", f"gateway_session={TOKEN}"),
        sent(f"__Host-gateway_session=other;gateway_session={TOKEN}"),
    ],
)
def test_it_is_found_among_others(headers: list[tuple[bytes, bytes]]) -> None:
    assert LOCAL.token_of(headers) == TOKEN


@pytest.mark.parametrize(
    "headers",
    [
        [],
        sent(""),
        sent("gateway_session="),
        sent("gateway_session"),
        sent(f"Gateway_Session={TOKEN}"),
        sent(f"gateway_session={TOKEN}x"),
        sent(f"gateway_session={TOKEN[:-1]}"),
        sent(f'gateway_session="{TOKEN}"'),
        sent(f"gateway_session={TOKEN[:-1]}\xe9"),
        sent(f"gateway_session={TOKEN}; gateway_session={TOKEN}"),
        sent(f"gateway_session={TOKEN}", f"gateway_session={'gwsess_' + 'B' * 43}"),
        sent(f"gateway_session={TOKEN}; " + "x" * 20_000),
        [(b"x-cookie", f"gateway_session={TOKEN}".encode())],
    ],
)
def test_what_is_not_exactly_one_token_is_none(headers: list[tuple[bytes, bytes]]) -> None:
    assert LOCAL.token_of(headers) is None


def test_production_does_not_believe_the_cookie_that_a_subdomain_can_set() -> None:
    assert SECURE.token_of(sent(f"gateway_session={TOKEN}")) is None
    assert SECURE.token_of(sent(f"__Host-gateway_session={TOKEN}")) == TOKEN
