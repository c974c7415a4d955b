"""An API that answers as told, and what a small build holds."""

from __future__ import annotations

from collections.abc import Callable

import httpx

INDEX = (
    '<!doctype html><html lang="en"><head><meta name="generator" content="React-compatible">'
    '<meta name="api-base" content="x" /></head><body></body></html>'
)
SCRIPT = "(function(){var PaymentGateway;})();" * 20
ORDER_ID = "order_Abcdefghij012345"


class ApiStub:
    """``answer`` is what the API says; ``asked`` are the addresses that were asked for."""

    def __init__(self) -> None:
        self.answer: Callable[[], httpx.Response] = lambda: self.origins("https://shop.example.com")
        self.asked: list[str] = []

    @staticmethod
    def origins(*allowed: object) -> httpx.Response:
        return httpx.Response(200, json={"allowed_origins": list(allowed)})

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answer()


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s
