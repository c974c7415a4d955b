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


REFUSED: dict[str, list[object]] = {
    "must be a string": [None, 5],
    "must be ASCII": [
        *("", " https://example.com", "https://example.com\n", "https://exam\tple.com"),
        *("https://example.com\\@evil.test", "https://пример.test", "https://example.com:\u0663/"),
    ],
    "at most 2048": ["https://example.com/" + "a" * 2029],
    "http:// or https://": [
        *(
            "example.com",
            "ftp://example.com",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https:example.com",
        ),
    ],
    "user name or password": ["https://user:pass@example.com", "https://@example.com"],
    "fragment": ["https://example.com/#", "https://example.com#top"],
    "valid host": [
        *(
            "https://",
            "https:///path",
            "https://:80/",
            "https://a..b/",
            "https://-a.com/",
            "https://ex%61mple.com",
        ),
        *("https://" + "a" * 64 + ".com", "https://" + ".".join(["a" * 60] * 5), "https://example.com:/"),
        *("https://[::1", "https://[::1]x/", "https://[12345::]/", "https://[fe80::1%25eth0]/"),
    ],
    "port": ["https://example.com:99999/", "https://example.com:0/"],
}


@pytest.mark.parametrize(("rule", "url"), [(rule, url) for rule, urls in REFUSED.items() for url in urls])
def test_any_other_url_is_refused_with_its_rule(rule: str, url: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_url(url)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "webhook_url")
    assert rule in refusal.value.description
