"""Webhook URLs: one syntax that every parser reads the same way."""

from __future__ import annotations

import pytest

from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.validation import check_url


@pytest.mark.parametrize(
    "url",
    [
        "https://yoursite.com/webhook",
        "http://localhost:4000/webhook",
        "HTTPS://Example.COM",
        "http://host.docker.internal:4000/webhook?a=1&b=%20",
        "http://test_merchant:4000",
        "https://example.com?x=1",
        "https://example.com/a@b",
        "http://127.0.0.1:1/",
        "http://[::1]:65535/x",
        "http://[::ffff:127.0.0.1]/",
        "https://xn--e1afmkfd.example./",
        "https://example.com/" + "a" * (2048 - 20),
    ],
)
def test_a_plain_absolute_url_is_taken_as_it_is(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        (None, "must be a string"),
        (5, "must be a string"),
        ("", "must be ASCII"),
        ("https://example.com/" + "a" * 2029, "at most 2048"),
        ("example.com", "http:// or https://"),
        ("ftp://example.com", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("javascript:alert(1)", "http:// or https://"),
        ("https:example.com", "http:// or https://"),
        (" https://example.com", "must be ASCII"),
        ("https://example.com\n", "must be ASCII"),
        ("https://exam\tple.com", "must be ASCII"),
        ("https://example.com\\@evil.test", "must be ASCII"),
        ("https://пример.test", "must be ASCII"),
        ("https://user:pass@example.com", "user name or password"),
        ("https://@example.com", "user name or password"),
        ("https://example.com/#", "fragment"),
        ("https://example.com#top", "fragment"),
        ("https://", "valid host"),
        ("https:///path", "valid host"),
        ("https://:80/", "valid host"),
        ("https://a..b/", "valid host"),
        ("https://-a.com/", "valid host"),
        ("https://" + "a" * 64 + ".com", "valid host"),
        ("https://" + ".".join(["a" * 60] * 5), "valid host"),
        ("https://ex%61mple.com", "valid host"),
        ("https://[::1", "valid host"),
        ("https://[::1]x/", "valid host"),
        ("https://[12345::]/", "valid host"),
        ("https://[fe80::1%25eth0]/", "valid host"),
        ("https://example.com:/", "valid host"),
        ("https://example.com:99999/", "port"),
        ("https://example.com:0/", "port"),
        ("https://example.com:\u0663/", "must be ASCII"),
    ],
)
def test_any_other_url_is_refused_with_its_rule(url: object, rule: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_url(url)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "webhook_url")
    assert rule in refusal.value.description
