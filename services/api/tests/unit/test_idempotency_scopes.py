"""What makes two requests the same one."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.idempotency import Keys
from gateway_core.domain.errors import ErrorCode, GatewayError

KEYS = Keys(b"k" * 32)
MERCHANT, OTHER = UUID(int=1), UUID(int=2)
ROUTE = "POST /api/v1/payments"
BODY = {"order_id": "order_1", "card": {"number": "4111111111111111", "cvv": "737"}}


def test_without_a_key_nothing_is_the_same() -> None:
    assert KEYS.of_merchant(MERCHANT, None, ROUTE, BODY) is None
    assert KEYS.of_payer(MERCHANT, "order_1", None, ROUTE, BODY) is None


def test_the_same_request_is_the_same_whatever_the_order_of_its_members() -> None:
    turned = dict(reversed(BODY.items()))
    assert KEYS.of_merchant(MERCHANT, "k", ROUTE, BODY) == KEYS.of_merchant(MERCHANT, "k", ROUTE, turned)


@pytest.mark.parametrize(
    ("route", "body"), [("POST /api/v1/orders", BODY), (ROUTE, {**BODY, "order_id": "order_2"}), (ROUTE, {})]
)
def test_another_route_or_body_is_another_request(route: str, body: object) -> None:
    one, two = KEYS.of_merchant(MERCHANT, "k", ROUTE, BODY), KEYS.of_merchant(MERCHANT, "k", route, body)
    assert one is not None
    assert two is not None
    assert one.scope == two.scope
    assert one.fingerprint != two.fingerprint


def test_merchants_do_not_share_keys() -> None:
    one, two = KEYS.of_merchant(MERCHANT, "k", ROUTE, BODY), KEYS.of_merchant(OTHER, "k", ROUTE, BODY)
    assert one is not None
    assert two is not None
    assert one.scope != two.scope


@pytest.mark.parametrize("key", ["k", "public order_1 k", "public·order_1·k".encode().decode("latin-1")[:6]])
def test_a_payer_can_never_take_a_merchants_key(key: str) -> None:
    payer = KEYS.of_payer(MERCHANT, "order_1", "k", ROUTE, BODY)
    assert payer is not None
    assert not payer.scope.key.isascii()
    try:
        merchant = KEYS.of_merchant(MERCHANT, key, ROUTE, BODY)
    except GatewayError:
        return
    assert merchant is not None
    assert merchant.scope != payer.scope


def test_payers_of_different_orders_do_not_share_keys() -> None:
    one = KEYS.of_payer(MERCHANT, "order_1", "k", ROUTE, BODY)
    two = KEYS.of_payer(MERCHANT, "order_2", "k", ROUTE, BODY)
    assert one is not None
    assert two is not None
    assert one.scope != two.scope


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\tb", "a\x7f"])
def test_keys_out_of_bounds_are_refused(key: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        KEYS.of_merchant(MERCHANT, key, ROUTE, BODY)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "Idempotency-Key")


def test_a_fingerprint_depends_on_the_secret_key() -> None:
    one, two = (
        KEYS.of_merchant(MERCHANT, "k", ROUTE, BODY),
        Keys(b"x" * 32).of_merchant(MERCHANT, "k", ROUTE, BODY),
    )
    assert one is not None
    assert two is not None
    assert one.fingerprint != two.fingerprint
