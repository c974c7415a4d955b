"""What the checkout's endpoints hand to their service: ids, the one client secret, the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.conftest import Edge

JSON = {"Content-Type": "application/json"}
SECRET = {"X-Client-Secret": "pay_1_secret_x"}


async def test_the_client_secret_reaches_the_service(edge: Edge) -> None:
    await edge.client.get("/api/v1/payments/pay_1/checkout", headers=SECRET)
    await edge.client.post("/api/v1/payments/pay_1/cancel", headers=SECRET)
    otp = b'{"otp": "123456"}'
    await edge.client.post("/api/v1/payments/pay_1/authenticate", content=otp, headers=JSON | SECRET)
    checked = ("check_secret", ("pay_1", "pay_1_secret_x"))
    assert edge.service.calls == [
        checked,
        ("get", ("pay_1",)),
        checked,
        ("cancel", ("pay_1",)),
        checked,
        ("authenticate", ("pay_1", "123456")),
    ]


async def test_of_no_or_several_client_secrets_none_counts(edge: Edge) -> None:
    path = "/api/v1/payments/pay_1/checkout"
    await edge.client.get(path)
    await edge.client.get(path, headers=[("X-Client-Secret", "a"), ("X-Client-Secret", "b")])
    checks = [arguments for name, arguments in edge.service.calls if name == "check_secret"]
    assert checks == [("pay_1", None)] * 2


@pytest.mark.parametrize(
    ("query", "order_id"), [("", ""), ("?order_id=order_1", "order_1"), ("?order_id=", "")]
)
async def test_origins_are_asked_for_by_order(edge: Edge, query: str, order_id: str) -> None:
    await edge.client.get(f"/api/v1/checkout/origins{query}")
    assert edge.service.calls == [("origins_of", (order_id,))]


async def test_a_code_is_json(edge: Edge) -> None:
    response = await edge.client.post(
        "/api/v1/payments/pay_1/authenticate", content=b"123456", headers=SECRET
    )
    assert response.status_code == 415
    assert [name for name, _ in edge.service.calls] == ["check_secret"]
