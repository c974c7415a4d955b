"""Signatures agree with published vectors and with the standard library's long form."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import pytest
import standardwebhooks
import svix.webhooks
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import EmptyWebhookSecretError

from gateway_core.domain.errors import GatewayError
from gateway_core.domain.signing import (
    sign_body,
    sign_checkout,
    standard_webhooks_signatures,
    verify,
)
from gateway_core.domain.webhook_secret import (
    WEBHOOK_SECRET_PATTERN,
    check_entropy,
    encode_webhook_secret,
    fits_standard_webhooks,
    mask_secret,
)
from gateway_core.runtime.ids import new_webhook_secret

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
    signatures = standard_webhooks_signatures(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" in signatures


def encoded(length: int) -> str:
    return base64.b64encode(bytes(range(1, length + 1))).decode()


FITTING = {
    "of this gateway": new_webhook_secret(),
    "the specification's": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "openssl rand -base64 32": encoded(32),
    "16 bytes": "whsec_" + encoded(16),
    "16 bytes without prefix": encoded(16),
    "16 bytes without padding": "whsec_" + encoded(16).rstrip("="),
    "17 bytes without padding": "whsec_" + encoded(17).rstrip("="),
    "66 bytes": "whsec_" + encoded(66),
    "96 bytes": encoded(96),
    "stray bits in the last character": "whsec_" + "A" * 33 + "B==",
    "hex": "0123456789abcdef" * 4,
    "hex after the prefix": "whsec_" + "0123456789abcdef" * 2,
    "a plain word": "supersecret1",
}
SKIPPING = {
    "underscores": "whsec_test_abc123",
    "of URLs": "whsec_" + "-_8A" * 8,
    "dashes": "my-webhook-secrets",
}
"""The libraries for Python skip what is not base64; those for JavaScript refuse it."""
UNFIT = {
    "five characters after a group": "whsec_abcdefghi",
    "no base64": "!" * 12,
    "no ASCII": "plain secret é",
}


def webhook_headers(secret: str) -> dict[str, str]:
    timestamp_s = int(time.time())
    signatures = standard_webhooks_signatures("msg_1", timestamp_s, BODY, secret)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(signatures),
    }


@pytest.mark.parametrize("library", [standardwebhooks.Webhook, svix.webhooks.Webhook])
@pytest.mark.parametrize("secret", [*FITTING.values(), *SKIPPING.values()], ids=[*FITTING, *SKIPPING])
def test_the_libraries_for_python_verify_what_they_derive_a_key_for(
    library: type[standardwebhooks.Webhook], secret: str
) -> None:
    library(secret).verify(BODY, webhook_headers(secret))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        library(secret).verify(BODY + b" ", webhook_headers(secret))


@given(st.from_regex(WEBHOOK_SECRET_PATTERN, fullmatch=True))
def test_every_secret_that_a_library_takes_verifies(secret: str) -> None:
    try:
        receiver = standardwebhooks.Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        assert not fits_standard_webhooks(secret)
    else:
        receiver.verify(BODY, webhook_headers(secret))


@pytest.mark.parametrize(
    "secret", [*FITTING.values(), *SKIPPING.values(), *UNFIT.values()], ids=[*FITTING, *SKIPPING, *UNFIT]
)
def test_the_text_of_every_secret_signs(secret: str) -> None:
    assert len(standard_webhooks_signatures("msg_1", 7, BODY, secret)) == (
        1 if secret in UNFIT.values() else 2
    )
    assert standard_webhooks_signatures("msg_1", 7, BODY, secret)[0] == signed_with(secret.encode())


@pytest.mark.parametrize("secret", FITTING.values(), ids=FITTING)
def test_base64_fits_standard_webhooks(secret: str) -> None:
    assert fits_standard_webhooks(secret)


@pytest.mark.parametrize("secret", [*SKIPPING.values(), *UNFIT.values(), "whsec_"])
def test_what_is_not_base64_serves_the_other_signature_only(secret: str) -> None:
    assert not fits_standard_webhooks(secret)


def signed_with(key: bytes) -> str:
    digest = hmac.new(key, b"msg_1.7." + BODY, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    "secret",
    [
        "whsec_test_abc123",
        "whsec_newSecretKey",
        "password",
        "supersecret1",
        "a" * 255,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "0123456789abcdef",
    ],
)
def test_a_secret_that_can_be_guessed_is_refused_in_production(secret: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_entropy(secret)
    assert refusal.value.code == "BAD_REQUEST_ERROR"


@given(st.binary(min_size=32, max_size=32).map(lambda seed: hashlib.sha256(seed).digest()))
def test_random_secrets_are_accepted_in_production(random: bytes) -> None:
    for secret in (encode_webhook_secret(random[:24]), random.hex(), base64.b64encode(random[:16]).decode()):
        check_entropy(secret)


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
