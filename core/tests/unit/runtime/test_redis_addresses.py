"""REDIS_URL with Sentinels or a Cluster: its valid forms, and errors that repeat no part of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.runtime.redis_address import (
    MAX_HOSTS,
    ClusterAddress,
    SentinelAddress,
    parse_redis_address,
)

A, B = ("a", 26379), ("b.redis.svc", 1)
SECRET = "hidden-word"


@pytest.mark.parametrize(
    "url", ["redis://h", "redis://u:p@h:6379/3", "rediss://:p@h:6380/0?ssl_ca_certs=/ca", "redis://a,b"]
)
def test_the_url_of_one_server_is_left_to_redis_py(url: str) -> None:
    assert parse_redis_address(url) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis+sentinel://a/m", SentinelAddress((A,), "m")),
        (
            "redis+sentinel://a:26379,b.redis.svc:1/my-master_1.x/3",
            SentinelAddress((A, B), "my-master_1.x", 3),
        ),
        ("redis+sentinel://a/m/", SentinelAddress((A,), "m")),
        ("redis+sentinel://[::1]:7,10.0.0.1/m", SentinelAddress((("::1", 7), ("10.0.0.1", 26379)), "m")),
        ("redis+sentinel://:p%40%2F%3A@a/m", SentinelAddress((A,), "m", login={"password": "p@/:"})),
        ("redis+sentinel://u:p@a/m", SentinelAddress((A,), "m", login={"username": "u", "password": "p"})),
        (
            "redis+sentinel://a/m?sentinel_username=s&sentinel_password=q%26",
            SentinelAddress((A,), "m", sentinel_login={"username": "s", "password": "q&"}),
        ),
        ("rediss+sentinel://a/m", SentinelAddress((A,), "m", tls=True)),
        (
            "rediss+sentinel://a/m/0?ssl_ca_certs=/ca.crt&ssl_check_hostname=False",
            SentinelAddress(
                (A,), "m", tls=True, tls_options={"ssl_ca_certs": "/ca.crt", "ssl_check_hostname": False}
            ),
        ),
    ],
)
def test_sentinels_are_taken_apart(url: str, expected: SentinelAddress) -> None:
    assert parse_redis_address(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis+cluster://a", ClusterAddress((("a", 6379),))),
        ("redis+cluster://a:26379,b.redis.svc:1/", ClusterAddress((A, B))),
        ("redis+cluster://[fd00::1]:7,10.0.0.1/0", ClusterAddress((("fd00::1", 7), ("10.0.0.1", 6379)))),
        (
            "redis+cluster://u:p%40@a:1",
            ClusterAddress((("a", 1),), login={"username": "u", "password": "p@"}),
        ),
        (
            "rediss+cluster://a:1?ssl_ca_certs=/ca.crt&ssl_check_hostname=false",
            ClusterAddress(
                (("a", 1),), tls=True, tls_options={"ssl_ca_certs": "/ca.crt", "ssl_check_hostname": False}
            ),
        ),
    ],
)
def test_a_cluster_is_taken_apart(url: str, expected: ClusterAddress) -> None:
    assert parse_redis_address(url) == expected


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"http://:{SECRET}@h", "must look like redis"),
        (SECRET, "must look like redis"),
        (f"redis+{SECRET}://h", "must look like redis"),
        (f"REDIS+SENTINEL://:{SECRET}@a/m", "must look like redis"),
        (f"redis+cluster://:{SECRET}@a:1/1", "names a database other than 0"),
        (f"redis+cluster://:{SECRET}@a:1/00", "names a database other than 0"),
        (f"redis+cluster://a/{SECRET}", "names a database other than 0"),
        (f"redis+cluster://:{SECRET}@", "needs host:port"),
        (f"redis+cluster://{SECRET}@a", "credentials that do not look like"),
        (f"redis+cluster://:{SECRET}@a:99999", "a port that is not between"),
        (f"redis+cluster://:{SECRET}@{','.join('a' * (MAX_HOSTS + 1))}", "more than 16 hosts"),
        (f"redis+cluster://a?sentinel_password={SECRET}", "one it does not take; it takes none"),
        (f"rediss+cluster://a?{SECRET}=1", "it takes ssl_ca_certs, ssl_certfile"),
        (f"redis+sentinel://:{SECRET}@a", "name of the Sentinels' master"),
        (f"redis+sentinel://:{SECRET}@a/", "name of the Sentinels' master"),
        (f"redis+sentinel://:{SECRET}@a/m/x", "name of the Sentinels' master"),
        (f"redis+sentinel://a/m/0/{SECRET}", "name of the Sentinels' master"),
        (f"redis+sentinel://a/{SECRET}#", "name of the Sentinels' master"),
        (f"redis+sentinel://:{SECRET}/x@a:1/m", "name of the Sentinels' master"),
        (f"redis+sentinel://:{SECRET}@/m", "needs host:port"),
        (f"redis+sentinel://:{SECRET}@a,,b/m", "needs host:port"),
        (f"redis+sentinel://:{SECRET}@a:x/m", "needs host:port"),
        (f"redis+sentinel://:{SECRET}@a b/m", "needs host:port"),
        (f"redis+sentinel://:{SECRET}@[::1/m", "needs host:port"),
        (f"redis+sentinel://:{SECRET}@a\n/m", "needs host:port"),
        (f"redis+sentinel://:{SECRET}\u2100@a\u2100/m", "needs host:port"),
        (f"redis+sentinel://:{SECRET}@a:0/m", "a port that is not between"),
        (f"redis+sentinel://:{SECRET}@a:65536/m", "a port that is not between"),
        (f"redis+sentinel://:{SECRET}@{','.join('a' * (MAX_HOSTS + 1))}/m", "more than 16 hosts"),
        (f"redis+sentinel://{SECRET}@a/m", "credentials that do not look like"),
        (f"redis+sentinel://{SECRET}:@a/m", "a user without a password"),
        (f"redis+sentinel://a/m?sentinel_username={SECRET}", "a user without a password"),
        (f"redis+sentinel://a/m?{SECRET}=1", "a parameter twice or one it does not take"),
        (f"redis+sentinel://a/m?sentinel_password={SECRET}&sentinel_password=x", "a parameter twice"),
        (f"redis+sentinel://a/m?ssl_ca_certs={SECRET}", "one it does not take"),
        (f"redis+sentinel://a/m?{'&'.join([SECRET] * 17)}", "Max number of fields"),
        (f"rediss+sentinel://a/m?ssl_check_hostname={SECRET}", "not true or false"),
    ],
)
def test_an_address_error_does_not_show_the_secret(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refusal:
        parse_redis_address(url)
    assert SECRET not in f"{refusal.value}"


STARTS = ("redis+sentinel://", "rediss+sentinel://:pw@a/m?", "redis+cluster://", "rediss+cluster://a?", "")


@given(st.text(max_size=60), st.sampled_from(STARTS))
def test_any_text_is_an_address_or_a_value_error(text: str, start: str) -> None:
    try:
        address = parse_redis_address(start + text)
    except ValueError:
        return
    match address:
        case SentinelAddress(sentinels=hosts) | ClusterAddress(seeds=hosts):
            assert all(host and 0 < port < 65536 for host, port in hosts)


@pytest.mark.parametrize(
    "url",
    [
        f"redis+sentinel://user:{SECRET}@a/m?sentinel_username=one&sentinel_password={SECRET}-2",
        f"redis+cluster://user:{SECRET}@a",
    ],
)
def test_an_address_prints_without_its_logins(url: str) -> None:
    assert SECRET not in repr(parse_redis_address(url))
