"""What makes two requests the same one."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.idempotency import IdempotencyKey

KEY = IdempotencyKey("k", "POST /", b"f" * 32)
MERCHANT, OTHER = UUID(int=1), UUID(int=2)


def test_merchants_do_not_share_keys() -> None:
    assert KEY.of_merchant(MERCHANT) == KEY.of_merchant(MERCHANT)
    assert KEY.of_merchant(MERCHANT).scope != KEY.of_merchant(OTHER).scope


@pytest.mark.parametrize("text", ["k", "public order_1 k", "public·order_1·k".encode().decode("latin-1")[:6]])
def test_a_payer_can_never_take_a_merchants_key(text: str) -> None:
    payer = IdempotencyKey(text, KEY.route, KEY.fingerprint).of_payer(MERCHANT, "order_1")
    assert not payer.scope.key.isascii()
    assert payer.scope != KEY.of_payer(MERCHANT, "order_2").scope
