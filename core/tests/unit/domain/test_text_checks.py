"""External strings are bounded, storable and normalised."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.validation import (
    check_idempotency_key,
    check_text,
    check_vpa,
    check_webhook_secret,
)


@pytest.mark.parametrize("vpa", ["user@paytm", "a@b", "A.b_c-9@OkHdfc", "..@x", "9@9", "a" * 250 + "@bank"])
def test_a_vpa_of_the_contracts_form_is_taken(vpa: str) -> None:
    assert check_vpa(vpa) == vpa


@pytest.mark.parametrize(
    "vpa",
    [
        *(
            "",
            "user",
            "@paytm",
            "user@",
            "user@pay.tm",
            "us er@paytm",
            "user@paytm\n",
            "user@@paytm",
            "a@b@c",
        ),
        *("usér@paytm", "user@p\u0430ytm", "user\u0663@paytm", "user@paytm\x00", "a" * 251 + "@bank"),
        *(None, 1, ["a@b"]),
    ],
)
def test_any_other_vpa_is_invalid(vpa: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_vpa(vpa)
    assert refusal.value.code is ErrorCode.INVALID_VPA


@given(st.text(max_size=20))
def test_the_vpa_check_is_the_contracts_pattern(text: str) -> None:
    matches = re.match(r"^[a-zA-Z0-9._-]+@[a-zA-Z0-9]+\Z", text) is not None
    try:
        accepted = check_vpa(text) == text
    except GatewayError:
        accepted = False
    assert accepted == matches


@pytest.mark.parametrize("text", ["", "receipt_1", "₹500 🙂", "שלום", "a\nb\t\x01\x7f", "\u2028", "x" * 40])
def test_storable_text_is_taken_as_it_is(text: str) -> None:
    assert check_text(text, "receipt", 40) == text


@pytest.mark.parametrize(
    ("value", "description"),
    [
        (None, "receipt must be a string"),
        (5, "receipt must be a string"),
        ("x" * 41, "receipt must be at most 40 characters"),
    ],
)
def test_other_text_is_refused_by_field(value: object, description: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_text(value, "receipt", 40)
    assert (refusal.value.description, refusal.value.field) == (description, "receipt")


@pytest.mark.parametrize("character", [0x0000, 0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_text_that_cannot_be_stored_is_refused(character: int) -> None:
    with pytest.raises(GatewayError, match="receipt must not contain NUL or unpaired surrogate"):
        check_text(f"a{chr(character)}b", "receipt", 40)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=50))
def test_all_of_unicode_but_nul_and_surrogates_is_text(text: str) -> None:
    assert check_text(text, "reason", 50) == text


@pytest.mark.parametrize("secret", ["whsec_test_abc123", "12345678", "!" * 255, "~!@#$%^&*()"])
def test_a_webhook_secret_is_printable_ascii(secret: str) -> None:
    assert check_webhook_secret(secret) == secret


@pytest.mark.parametrize(
    "secret", ["", "1234567", "x" * 256, "with space", "tab\tbed_", "12345678\n", "ünïcödé_secret", None, 8]
)
def test_any_other_webhook_secret_is_refused(secret: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_webhook_secret(secret)
    assert refusal.value.field == "webhook_secret"


@pytest.mark.parametrize("key", ["k", "request 123", "x" * 255])
def test_an_idempotency_key_is_printable_ascii(key: str) -> None:
    assert check_idempotency_key(key) == key


@pytest.mark.parametrize("key", ["", "x" * 256, "a\n", "a\x00", "clé", None])
def test_any_other_idempotency_key_is_refused(key: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_idempotency_key(key)
    assert refusal.value.code is ErrorCode.BAD_REQUEST_ERROR
