"""Who is let in, and that every refusal is the same."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.auth import check_secret
from gateway_core.db.queries.merchants import ApiCredential
from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.runtime.crypto import hash_api_secret

MERCHANT = UUID(int=7)
CREDENTIAL = ApiCredential("key_1", MERCHANT, hash_api_secret("secret_1"))


def test_the_right_secret_tells_the_merchant() -> None:
    assert check_secret(CREDENTIAL, b"secret_1") == MERCHANT


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        b"secret_2",
        b"secret_1 ",
        b"SECRET_1",
        b"\xff\xfe",
        b"secret_1\x00",
        "sécret".encode(),
        b"x" * 10000,
    ],
)
@pytest.mark.parametrize("credential", [CREDENTIAL, None])
def test_anything_else_is_refused_alike(credential: ApiCredential | None, secret: bytes) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_secret(credential, secret)
    assert refusal.value.code is ErrorCode.AUTHENTICATION_ERROR


def test_an_unknown_key_has_no_secret_that_fits() -> None:
    # The stand-in that unknown keys are compared with is the hash of the empty text.
    with pytest.raises(GatewayError):
        check_secret(None, b"")
