"""A merchant's view of a running gateway: orders, payments, refunds, webhooks over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from gateway_core.testing.factories import eventually

API_KEY: Final = "key_test_abc123"
API_SECRET: Final = "secret_test_xyz789"
CREDENTIALS: Final = {"X-Api-Key": API_KEY, "X-Api-Secret": API_SECRET}
WEBHOOK_SECRET: Final = "whsec_test_abc123"
FINAL: Final = frozenset({"success", "failed", "processed"})
REQUEST_TIMEOUT_S = 15.0
FINAL_TIMEOUT_S = 30.0
POLL_EVERY_S = 0.1
CARD: Final = {
    "number": "4111 1111 1111 1111",
    "expiry_month": "12",
    "expiry_year": "49",
    "cvv": "123",
    "holder_name": "A. Payer",
}

Json = dict[str, Any]


class Gateway:
    """``async with Gateway(url) as gateway:`` acts as the test merchant."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(
            base_url=url,
            headers=CREDENTIALS,
            timeout=REQUEST_TIMEOUT_S,
            limits=httpx.Limits(max_connections=None),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def post(self, path: str, body: Mapping[str, object], key: str | None = None) -> httpx.Response:
        """POST ``body`` to ``/api/v1`` + ``path``, under an idempotency key if one is given."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.http.post(f"/api/v1{path}", json=dict(body), headers=headers)

    async def get(self, path: str) -> Any:
        """What GET ``/api/v1`` + ``path`` answers with 200."""
        return expect(200, await self.http.get(f"/api/v1{path}"))

    async def order(self, amount_minor: int = 50_000, **fields: object) -> str:
        """The id of a new order."""
        made = expect(201, await self.post("/orders", {"amount": amount_minor, **fields}))
        return str(made["id"])

    async def pay(self, order_id: str, *, vpa: str = "user@paytm", key: str | None = None) -> httpx.Response:
        """The answer to paying ``order_id`` by UPI."""
        return await self.post("/payments", {"order_id": order_id, "method": "upi", "vpa": vpa}, key)

    async def pay_by_card(self, order_id: str, **fields: str) -> httpx.Response:
        """The answer to paying ``order_id`` by card; ``fields`` replace those of ``CARD``."""
        return await self.post("/payments", {"order_id": order_id, "method": "card", "card": CARD | fields})

    async def new_payment(self, amount_minor: int = 50_000, **fields: object) -> str:
        """The id of a new payment of a new order, which ``fields`` describe."""
        paid = expect(201, await self.pay(await self.order(amount_minor, **fields)))
        return str(paid["id"])

    async def paid(self, amount_minor: int = 50_000, **fields: object) -> str:
        """The id of a payment that has succeeded."""
        payment_id = await self.new_payment(amount_minor, **fields)
        payment = await self.final_payment(payment_id)
        assert payment["status"] == "success", payment
        return payment_id

    async def refund(self, payment_id: str, amount_minor: int, reason: str = "") -> httpx.Response:
        """The answer to asking for a refund."""
        return await self.post(f"/payments/{payment_id}/refunds", {"amount": amount_minor, "reason": reason})

    async def final_payment(self, payment_id: str, *, timeout_s: float = FINAL_TIMEOUT_S) -> Json:
        """The payment once it is final."""
        return await self._final(f"/payments/{payment_id}", timeout_s)

    async def final_refund(self, refund_id: str, *, timeout_s: float = FINAL_TIMEOUT_S) -> Json:
        """The refund once it is final."""
        return await self._final(f"/refunds/{refund_id}", timeout_s)

    async def send_webhooks_to(self, url: str, secret: str = WEBHOOK_SECRET) -> None:
        """Configure the merchant's endpoint."""
        body = {"webhook_url": url, "webhook_secret": secret}
        expect(200, await self.http.put("/api/v1/webhooks", json=body))

    async def _final(self, path: str, timeout_s: float) -> Json:
        async def final() -> Json | None:
            found: Json = await self.get(path)
            assert found["status"] in FINAL, found
            return found

        found = await eventually(final, timeout_s=timeout_s, every_s=POLL_EVERY_S)
        assert found is not None
        return found


def expect(status: int, response: httpx.Response) -> Any:
    """The JSON of a response that must have ``status``."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    return response.json()
