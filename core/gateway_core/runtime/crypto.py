"""Secrets at rest: encrypted when they must be read again, hashed when they are only compared."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway_core.domain.ids import encode_id

CIPHERTEXT_VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
ENCRYPTION_INFO = b"gateway/secret-box/1"
FINGERPRINT_INFO = b"gateway/idempotency-fingerprint/1"
CLIENT_SECRET_INFO = b"gateway/client-secret/1"


class CannotDecrypt(Exception):
    """The bytes were not encrypted under any configured key, or were changed since."""


class Cipher:
    """Encrypts short texts with AES-256-GCM (NIST SP 800-38D) under keys derived by HKDF-SHA256 (RFC 5869).

    ``encryption_key`` encrypts and decrypts. ``old_keys`` only decrypt and verify: list the previous key there while
    rotating. The keys must have high entropy: HKDF does not stretch passwords.
    """

    def __init__(self, encryption_key: str, old_keys: Sequence[str] = ()) -> None:
        self._keys = [AESGCM(_derive(key, ENCRYPTION_INFO)) for key in (encryption_key, *old_keys)]
        self._fingerprint_key = _derive(encryption_key, FINGERPRINT_INFO)
        self._client_keys = [_derive(key, CLIENT_SECRET_INFO) for key in (encryption_key, *old_keys)]

    def encrypt(self, text: str) -> bytes:
        """One version byte, a 12-byte random nonce, then the ciphertext with its 16-byte tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return CIPHERTEXT_VERSION + nonce + self._keys[0].encrypt(nonce, text.encode(), CIPHERTEXT_VERSION)

    def decrypt(self, encrypted: bytes) -> str:
        """The text given to ``encrypt`` under the present or an old key; raises :class:`CannotDecrypt`."""
        version, nonce, ciphertext = (
            encrypted[:1],
            encrypted[1 : 1 + NONCE_BYTES],
            encrypted[1 + NONCE_BYTES :],
        )
        if version != CIPHERTEXT_VERSION or len(ciphertext) < TAG_BYTES:
            raise CannotDecrypt("not an encrypted secret of a known version")
        for key in self._keys:
            try:
                return key.decrypt(nonce, ciphertext, version).decode()
            except InvalidTag:
                continue
        raise CannotDecrypt("no configured encryption key decrypts this secret")

    def fingerprint_key(self) -> bytes:
        """32 bytes that key the idempotency fingerprint: a plain hash of a card number could be brute-forced.

        It follows the present encryption key, so a replay that spans a rotation counts as another body.
        """
        return self._fingerprint_key

    def client_secret(self, payment_id: str) -> str:
        """``pay_…_secret_`` and 22 letters and digits (131 bits): lets a payer's browser act on one payment.

        It is derived from the id and the present key, so it is not stored.
        """
        return _client_secret(self._client_keys[0], payment_id)

    def is_client_secret(self, payment_id: str, text: str) -> bool:
        """Whether ``text`` is the payment's client secret under any key; takes constant time."""
        given = text.encode("utf-8", "replace")
        matches = [
            hmac.compare_digest(_client_secret(key, payment_id).encode(), given) for key in self._client_keys
        ]
        return any(matches)


def hash_api_secret(secret: str) -> bytes:
    """The 32-byte SHA-256 under which an API secret is stored; enough because the secret itself is random."""
    return hashlib.sha256(secret.encode()).digest()


def _client_secret(key: bytes, payment_id: str) -> str:
    return encode_id(f"{payment_id}_secret_", hmac.digest(key, payment_id.encode(), "sha256"))


def _derive(key: str, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key.encode())
