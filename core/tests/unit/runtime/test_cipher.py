from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.runtime.crypto import CannotDecrypt, Cipher, hash_api_secret

CIPHER = Cipher("a" * 32)
PINNED_CIPHERTEXT = (
    "01c9f53cf705a72d9fafe0eb6298f63964ce15e97875c665a7e61a825c02169fb21c229efc9a192acc055620a39b"
)
PINNED_FINGERPRINT_KEY = "d551f94a6fbb341406a12d3a6ed69d511c2e792380cb146edf87ed7a688cd2a1"


@given(st.text())
def test_encrypted_text_decrypts_again(text: str) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(text)) == text


def test_encrypting_twice_gives_different_bytes_that_hide_the_text() -> None:
    first, second = CIPHER.encrypt("whsec_test_abc123"), CIPHER.encrypt("whsec_test_abc123")
    assert first != second
    assert b"whsec" not in first
    assert first[0] == 1
    assert len(first) == 1 + 12 + len("whsec_test_abc123") + 16


def test_every_changed_byte_is_noticed() -> None:
    encrypted = CIPHER.encrypt("secret")
    for position in range(len(encrypted)):
        changed = bytearray(encrypted)
        changed[position] ^= 1
        with pytest.raises(CannotDecrypt):
            CIPHER.decrypt(bytes(changed))


@pytest.mark.parametrize("length", [0, 1, 13, 28])
def test_cut_bytes_are_refused(length: int) -> None:
    with pytest.raises(CannotDecrypt):
        CIPHER.decrypt(CIPHER.encrypt("")[:length])


def test_another_key_does_not_decrypt_it() -> None:
    with pytest.raises(CannotDecrypt):
        Cipher("b" * 32).decrypt(CIPHER.encrypt("secret"))


def test_rotation_decrypts_old_secrets_and_encrypts_under_the_new_key() -> None:
    rotated = Cipher("b" * 32, old_keys=["c" * 32, "a" * 32])
    assert rotated.decrypt(CIPHER.encrypt("old")) == "old"
    assert Cipher("b" * 32).decrypt(rotated.encrypt("new")) == "new"
    with pytest.raises(CannotDecrypt):
        CIPHER.decrypt(rotated.encrypt("new"))


def test_the_derivation_is_pinned() -> None:
    """A change here would make every stored secret unreadable."""
    encrypted = bytes.fromhex(PINNED_CIPHERTEXT)
    assert CIPHER.decrypt(encrypted) == "whsec_test_abc123"
    assert CIPHER.fingerprint_key().hex() == PINNED_FINGERPRINT_KEY


def test_fingerprint_keys_differ_by_encryption_key() -> None:
    assert Cipher("b" * 32, old_keys=["a" * 32]).fingerprint_key() != CIPHER.fingerprint_key()
    assert len(CIPHER.fingerprint_key()) == 32


def test_api_secrets_are_stored_as_sha256() -> None:
    assert hash_api_secret("secret_é") == hashlib.sha256("secret_é".encode()).digest()
