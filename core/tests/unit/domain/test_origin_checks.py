"""Which sites may frame a checkout: exact origins, as browsers write them."""

from __future__ import annotations

import pytest

from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.origins import MAX_ALLOWED_ORIGINS, check_allowed_origins, parse_origin, write_origin


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([], []),
        (["https://shop.example"], ["https://shop.example"]),
        (["HTTPS://Shop.Example:443"], ["https://shop.example"]),
        (["https://shop.example:8443"], ["https://shop.example:8443"]),
        (["http://localhost", "http://localhost:80"], ["http://localhost"]),
        (
            ["http://127.0.0.1:4000", "http://localhost:4000"],
            ["http://127.0.0.1:4000", "http://localhost:4000"],
        ),
        (
            ["https://xn--bcher-kva.example", "https://10.0.0.7"],
            ["https://xn--bcher-kva.example", "https://10.0.0.7"],
        ),
    ],
)
def test_origins_are_kept_once_as_browsers_write_them(given: list[str], kept: list[str]) -> None:
    assert check_allowed_origins(given) == kept


REFUSED = (
    *("", "https://", "shop.example", "//shop.example", "https:shop.example", "https://shop.example/"),
    *(
        "https://shop.example/path",
        "https://shop.example?x",
        "https://shop.example#x",
        "https://user@shop.example",
    ),
    *(
        "https://*.shop.example",
        "https://shop.example:*",
        "https://shop.example:0",
        "https://shop.example:65536",
    ),
    *("https://shop.example:", "https://shop..example", "https://-shop.example", "https://shop_1.example"),
    *(
        "https://[::1]",
        "https://shop.example ",
        "https://shop.example\n",
        "https://shop.example; script-src *",
    ),
    *("https://shop.example 'self'", "https://bücher.example", "https://" + "a." * 127 + "example"),
    *("http://shop.example", "http://localhost.shop.example", "http://127.0.0.2", "ftp://localhost"),
    *("javascript:alert(1)", "null", "*"),
)


@pytest.mark.parametrize("text", REFUSED)
def test_any_other_origin_is_refused(text: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_allowed_origins(["https://shop.example", text])
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "allowed_origins")


@pytest.mark.parametrize("value", [None, "https://shop.example", {}, [None], [1], [["https://shop.example"]]])
def test_origins_that_are_no_list_of_strings_are_refused(value: object) -> None:
    with pytest.raises(GatewayError, match="must be a list of strings"):
        check_allowed_origins(value)


def test_the_list_is_bounded() -> None:
    origins = [f"https://shop{number}.example" for number in range(MAX_ALLOWED_ORIGINS + 1)]
    assert check_allowed_origins(origins[:-1]) == origins[:-1]
    with pytest.raises(GatewayError, match="must be at most 20"):
        check_allowed_origins(origins)


def test_an_origin_is_written_as_it_was_read() -> None:
    for text in ("http://10.0.0.1:3001", "https://pay.example"):
        assert write_origin(*parse_origin(text)) == text
