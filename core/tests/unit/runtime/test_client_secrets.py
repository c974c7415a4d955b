"""The secret that entitles a payer's browser to one payment: derived, unguessable, good across a rotation."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.redaction import redact

CIPHER = Cipher("a" * 32)
PAYMENT = "pay_7Hs2Lw9QeR4tY6uI8oP0aS"


def test_it_is_the_same_every_time_and_another_for_every_payment_and_key() -> None:
    secret = CIPHER.client_secret(PAYMENT)
    assert re.fullmatch(rf"{PAYMENT}_secret_[0-9A-Za-z]{{22}}", secret)
    assert secret == Cipher("a" * 32).client_secret(PAYMENT)
    others = {CIPHER.client_secret("pay_7Hs2Lw9QeR4tY6uI8oP0aT"), Cipher("b" * 32).client_secret(PAYMENT)}
    assert len({secret[-22:], *(other[-22:] for other in others)}) == 3


def test_it_is_recognised() -> None:
    assert CIPHER.is_client_secret(PAYMENT, CIPHER.client_secret(PAYMENT))


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: "",
        lambda secret: secret[:-1],
        lambda secret: secret + "0",
        lambda secret: secret.lower(),
        lambda secret: secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        lambda secret: secret.removeprefix(PAYMENT),
        lambda secret: PAYMENT,
        lambda secret: CIPHER.client_secret("pay_7Hs2Lw9QeR4tY6uI8oP0aT"),
        lambda secret: "sécret\udce9",
    ],
)
def test_nothing_else_is(change: Callable[[str], str]) -> None:
    assert not CIPHER.is_client_secret(PAYMENT, change(CIPHER.client_secret(PAYMENT)))


def test_after_a_rotation_the_old_one_is_good_while_its_key_is_listed() -> None:
    old, rotated = CIPHER.client_secret(PAYMENT), Cipher("b" * 32, ["c" * 32, "a" * 32])
    assert rotated.is_client_secret(PAYMENT, old)
    assert rotated.client_secret(PAYMENT) != old
    assert rotated.is_client_secret(PAYMENT, rotated.client_secret(PAYMENT))
    assert not Cipher("b" * 32).is_client_secret(PAYMENT, old)


def test_it_is_made_with_a_key_of_its_own() -> None:
    assert CIPHER.fingerprint_key() not in CIPHER._client_keys


def test_it_reaches_no_log() -> None:
    line = redact(f"header {CIPHER.client_secret(PAYMENT)} of {PAYMENT}")
    assert line == f"header {PAYMENT}_secret_*** of {PAYMENT}"
