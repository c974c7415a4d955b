"""The API is killed amid requests: repeating a request under its key creates one payment."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import httpx

from gateway_core.testing.factories import eventually
from tests.e2e.books import audit, rows
from tests.e2e.gateway import Gateway, expect
from tests.e2e.stack import API, Stack, StackMaker

KEYS = 180
# After an answer was seen: so that kills meet requests before, during and after their commit.
KILLS_AFTER_S = (0.0, 0.004, 0.008, 0.016)
CLIENTS = 24
RETRY_AFTER_S = 0.2
MAX_TRIES = 100


class Client:
    """Pays orders under keys, again and again until it is answered, as merchants' servers do."""

    def __init__(self, gateway: Gateway) -> None:
        self.tries: Counter[int] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self._gateway = gateway
        self._slots = asyncio.Semaphore(CLIENTS)

    async def pay(self, order_id: str) -> str:
        """The id of the order's one payment; the key is the order's id."""
        async with self._slots:
            for _ in range(MAX_TRIES):
                answer = await self._try(order_id)
                if answer is not None:
                    return answer
                await asyncio.sleep(RETRY_AFTER_S)
        raise AssertionError(f"{order_id}: no answer after {MAX_TRIES} tries")

    async def answered(self, count: int) -> None:
        """Return once ``count`` requests were answered with 201."""
        await eventually(lambda: self.tries[201] >= count, every_s=0.001)

    async def _try(self, order_id: str) -> str | None:
        try:
            response = await self._gateway.pay(order_id, key=order_id)
        except httpx.TransportError:
            self.tries[0] += 1
            return None
        self.tries[response.status_code] += 1
        if response.status_code == 409:
            return None
        self.bodies.setdefault(order_id, set()).add(response.content)
        return str(expect(201, response)["id"])


async def test_a_retry_after_a_killed_api_gives_one_payment_per_key(fresh: StackMaker) -> None:
    async with fresh() as stack:
        orders = [await stack.gateway.order() for _ in range(KEYS)]
        client = Client(stack.gateway)
        payments = await _pay_through_kills(stack, client, orders)
        assert client.tries[0] >= len(KILLS_AFTER_S), "no request was cut off"
        assert set(client.tries) <= {0, 201, 409}
        again = [expect(201, await stack.gateway.pay(order, key=order))["id"] for order in orders]
        assert again == payments
        assert {len(same) for same in client.bodies.values()} == {1}
        made = await rows(stack, "SELECT order_id, count(*) AS payments FROM payments GROUP BY order_id")
        assert {row["payments"] for row in made} == {1}
        assert len(made) == KEYS
        await audit(stack, payments=payments)


async def _pay_through_kills(stack: Stack, client: Client, orders: Sequence[str]) -> list[str]:
    paying = asyncio.gather(*(client.pay(order) for order in orders))
    for kill, after_s in enumerate(KILLS_AFTER_S, start=1):
        await client.answered(KEYS * kill // (len(KILLS_AFTER_S) + 2))
        await asyncio.sleep(after_s)
        stack.kill(API)
        await stack.start(API)
    return list(await paying)
