"""Orders at the gateway, created by the merchant's server: its secret never reaches a browser."""

from __future__ import annotations

import json

from aiohttp import ClientError, ClientResponse, ClientSession

MAX_ANSWER_BYTES = 64 * 1024


class NoOrder(Exception):
    """The gateway could not be asked, or did not make an order."""


async def create_order(gateway: ClientSession, amount_minor: int, currency: str, receipt: str) -> str:
    """The id of a new order. Raises NoOrder, in a sentence for the merchant's own log.

    ``gateway`` knows the address, the credentials and the time the call may take.
    """
    order = {"amount": amount_minor, "currency": currency, "receipt": receipt}
    try:
        async with gateway.post("/api/v1/orders", json=order, allow_redirects=False) as response:
            body = await _read(response)
            if response.status != 201:
                raise NoOrder(f"the gateway answered {response.status}: {body[:200]!r}")
            return str(json.loads(body)["id"])
    except (ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise NoOrder(f"the gateway could not be asked: {type(error).__name__}") from error


async def _read(response: ClientResponse) -> bytes:
    body = b""
    async for chunk in response.content.iter_chunked(MAX_ANSWER_BYTES):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ValueError("too long for an order")
    return body
