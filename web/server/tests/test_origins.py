"""How often the API is asked, and when a cached response expires."""

from __future__ import annotations

import httpx
import pytest
from web_stubs import ORDER_ID, ApiStub, Clock

from web_server.origins import KEPT_S, MAX_KEPT, AllowedOrigins, OrderNotFound, OriginsUnknown


async def test_an_answer_is_kept_for_a_while(origins: AllowedOrigins, api: ApiStub, clock: Clock) -> None:
    assert await origins.of(ORDER_ID) == ("https://shop.example.com",)
    api.answer = lambda: api.origins("https://new.example.com")
    clock.now_s += KEPT_S - 1
    assert await origins.of(ORDER_ID) == ("https://shop.example.com",)
    clock.now_s += 2
    assert await origins.of(ORDER_ID) == ("https://new.example.com",)
    assert len(api.asked) == 2


async def test_an_unknown_order_is_kept_too(origins: AllowedOrigins, api: ApiStub) -> None:
    api.answer = lambda: httpx.Response(404)
    for _ in range(2):
        with pytest.raises(OrderNotFound):
            await origins.of(ORDER_ID)
    assert len(api.asked) == 1


async def test_a_failure_is_asked_about_again(origins: AllowedOrigins, api: ApiStub) -> None:
    api.answer = lambda: httpx.Response(503)
    with pytest.raises(OriginsUnknown):
        await origins.of(ORDER_ID)
    api.answer = lambda: api.origins("https://shop.example.com")
    assert await origins.of(ORDER_ID) == ("https://shop.example.com",)


async def test_what_is_kept_is_bounded(origins: AllowedOrigins, api: ApiStub) -> None:
    for number in range(MAX_KEPT + 1):
        await origins.of(f"order_{number:016d}")
    await origins.of(f"order_{MAX_KEPT:016d}")
    assert len(api.asked) == MAX_KEPT + 1
    await origins.of(f"order_{0:016d}")
    assert len(api.asked) == MAX_KEPT + 2
