"""Signatures agree with published vectors and with the standard library's long form."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.signing import (
    sign_body,
    sign_checkout,
    standard_webhooks_signature,
    verify,
)
from gateway_core.domain.webhook_secret import mask_secret

BODY = '{"event":"payment.success","note":"₹"}'.encode()


def test_the_signature_is_rfc_4231_hmac_sha256() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign_body(b"what do ya want for nothing?", "Jefe") == expected


def test_a_checkout_is_signed_over_order_and_payment() -> None:
    expected = hmac.new(b"whsec_test_abc123", b"order_1|pay_2", hashlib.sha256).hexdigest()
    assert sign_checkout("order_1", "pay_2", "whsec_test_abc123") == expected


@given(st.binary(max_size=100), st.text(st.characters(codec="utf-8"), max_size=100))
def test_the_key_is_the_secrets_utf8_text_as_it_stands(body: bytes, secret: str) -> None:
    assert sign_body(body, secret) == hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_only_the_right_signature_verifies() -> None:
    signature = sign_body(BODY, "whsec_test_abc123")
    assert verify(BODY, signature, "whsec_test_abc123")
    assert not verify(BODY + b" ", signature, "whsec_test_abc123")
    assert not verify(BODY, signature, "whsec_test_abc124")
    for wrong in ("", signature[:-1], signature.upper(), signature + "0", "é" * 64, "\ud800"):
        assert not verify(BODY, wrong, "whsec_test_abc123")


def test_the_standard_webhooks_signature_matches_the_specifications_example() -> None:
    signature = standard_webhooks_signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def signed_with(key: bytes) -> str:
    digest = hmac.new(key, b"msg_1.7." + BODY, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


@pytest.mark.parametrize("length", [24, 32, 64])
def test_base64_of_24_to_64_bytes_after_the_prefix_is_the_key(length: int) -> None:
    key = bytes(range(length))
    secret = "whsec_" + base64.b64encode(key).decode()
    assert standard_webhooks_signature("msg_1", 7, BODY, secret) == signed_with(key)


@pytest.mark.parametrize(
    "secret",
    [
        "whsec_test_abc123",
        "whsec_",
        "plain secret é",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_" + base64.b64encode(bytes(25)).decode().rstrip("="),
        "whsec_" + "A" * 33 + "B==",
        "whsec_" + base64.urlsafe_b64encode(b"\xff" * 24).decode(),
        "whsec_" + "A" * 16 + "\n" + "A" * 16,
        base64.b64encode(bytes(32)).decode(),
    ],
)
def test_any_other_secret_is_used_as_its_whole_text(secret: str) -> None:
    assert standard_webhooks_signature("msg_1", 7, BODY, secret) == signed_with(secret.encode())


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("whsec_newSecretKey", "whsec_new***"),
        ("whsec_test_abc123", "whsec_tes***"),
        ("1234567890", "123456789***"),
        ("123456789", "1234***"),
        ("12345678", "1234***"),
    ],
)
def test_a_masked_secret_shows_its_first_nine_characters_and_never_all(secret: str, shown: str) -> None:
    assert mask_secret(secret) == shown
