"""Steady load during a fault; it records every response."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import Counter, deque
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self

import aiohttp

from gateway_core.testing.factories import eventually
from tests.e2e.gateway import CREDENTIALS, REQUEST_TIMEOUT_S, Gateway

REFUND_EVERY = 10
REFUND_MINOR = 1_000
MAX_OPEN = 256
ENOUGH_TIMEOUT_S = 60.0


class Load:
    """``async with Load(gateway, per_s=50, refundable=ids):`` creates an order and a payment ``per_s`` times a second.

    Every tenth time it also refunds a part of one of the ``refundable`` payments. What is open at the end is
    waited for. ``answers`` counts statuses by what was asked; a request that got no answer counts as status 0.
    """

    def __init__(self, gateway: Gateway, *, per_s: float, refundable: Collection[str] = ()) -> None:
        self.payments: list[str] = []
        self.refunds: list[str] = []
        self.answers: Counter[tuple[str, int]] = Counter()
        self._url = gateway.url
        self._gap_s = 1 / per_s
        self._refundable = deque(refundable)
        self._open: set[asyncio.Task[None]] = set()

    def statuses(self, asked: str) -> set[int]:
        """The statuses that came for "order", "payment" or "refund"."""
        return {status for what, status in self.answers if what == asked}

    async def accepted(self, count: int) -> None:
        """Return once ``count`` payments were answered with 201."""
        await eventually(lambda: len(self.payments) >= count, timeout_s=ENOUGH_TIMEOUT_S)

    async def __aenter__(self) -> Self:
        # httpx looks through its whole pool for each request, which with this many open costs more than the API.
        self._session = aiohttp.ClientSession(
            self._url,
            headers=CREDENTIALS,
            connector=aiohttp.TCPConnector(limit=MAX_OPEN),
            timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S),
        )
        self._pacing = asyncio.create_task(self._pace())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pacing.cancel()
        await asyncio.gather(self._pacing, return_exceptions=True)
        if self._open:
            await asyncio.wait(self._open)
        await self._session.close()

    async def _pace(self) -> None:
        next_at_s = asyncio.get_running_loop().time()
        for number in itertools.count(1):
            if len(self._open) < MAX_OPEN:
                self._spawn(number)
            next_at_s += self._gap_s
            await asyncio.sleep(max(0.0, next_at_s - asyncio.get_running_loop().time()))

    def _spawn(self, number: int) -> None:
        works = [self._pay()]
        if number % REFUND_EVERY == 0 and self._refundable:
            works.append(self._refund(self._refundable.popleft()))
        for work in works:
            task = asyncio.create_task(work)
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _pay(self) -> None:
        order = await self._post("order", "/orders", {"amount": 50_000})
        if order is not None:
            body = {"order_id": order, "method": "upi", "vpa": "user@paytm"}
            payment = await self._post("payment", "/payments", body)
            self.payments += [payment] if payment is not None else []

    async def _refund(self, payment_id: str) -> None:
        refund = await self._post("refund", f"/payments/{payment_id}/refunds", {"amount": REFUND_MINOR})
        self.refunds += [refund] if refund is not None else []

    async def _post(self, asked: str, path: str, body: Mapping[str, object]) -> str | None:
        """The id of what was created, None when it was not."""
        status, made = 0, None
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with self._session.post(f"/api/v1{path}", json=body) as response:
                made = await response.json()
                status = response.status
        self.answers[asked, status] += 1
        return str(made["id"]) if status == 201 and made else None


async def refundable(gateway: Gateway, count: int) -> list[str]:
    """``count`` payments that have succeeded."""
    made = [await gateway.new_payment() for _ in range(count)]
    for payment_id in made:
        assert (await gateway.final_payment(payment_id))["status"] == "success"
    return made
