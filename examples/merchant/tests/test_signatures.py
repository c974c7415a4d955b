from __future__ import annotations

import hashlib
import hmac

import pytest

from merchant.signature import is_genuine

BODY = '{"event":"payment.success","data":{"payment":{"receipt":"₹ 🎉"}}}'.encode()
SECRET = "whsec_tést"
SIGNATURE = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()


def test_the_bodys_own_signature_is_genuine() -> None:
    assert is_genuine(BODY, SIGNATURE, SECRET)


@pytest.mark.parametrize(
    ("body", "signature", "secret"),
    [
        (BODY + b" ", SIGNATURE, SECRET),
        (BODY, SIGNATURE, "whsec_other"),
        (BODY, SIGNATURE[:-1] + ("0" if SIGNATURE[-1] != "0" else "1"), SECRET),
        (BODY, SIGNATURE.upper(), SECRET),
        (BODY, SIGNATURE + "00", SECRET),
        (BODY, "", SECRET),
        (BODY, "é" * 64, SECRET),
        (BODY, "\udcff" * 64, SECRET),  # how aiohttp hands on header bytes that are no UTF-8
    ],
)
def test_anything_else_is_not(body: bytes, signature: str, secret: str) -> None:
    assert not is_genuine(body, signature, secret)
