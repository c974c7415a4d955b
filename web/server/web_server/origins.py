"""Which sites may frame the checkout of an order, or be returned to; asks the API, with a cache."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

KEPT_S = 30.0
MAX_KEPT = 1_024
MAX_ORIGINS = 50
TIMEOUT_S = 2.0

_ORDER_ID = re.compile(r"order_[A-Za-z0-9]{1,64}")
# Anything else could end the directive, or mean more than one site (a bare scheme or a star).
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:([0-9]{1,5}|\*))?")
_NETWORK_FAULTS = (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError)

_log = logging.getLogger(__name__)


def is_order_id(text: str) -> bool:
    """Whether this can be an order's id, so that the API is asked at all."""
    return _ORDER_ID.fullmatch(text) is not None


class OrderNotFound(Exception):
    """The API knows no such order."""


class OriginsUnknown(Exception):
    """The API did not answer."""


class AllowedOrigins:
    """``await origins.of(order_id)``: the allowed origins of the order's merchant.

    Raises OrderNotFound for what is no order, OriginsUnknown without an answer from the API. Answers are kept for
    ``KEPT_S``.
    """

    def __init__(self, client: httpx.AsyncClient, now: Callable[[], float]) -> None:
        self._client = client
        self._now = now
        self._kept: OrderedDict[str, tuple[float, tuple[str, ...] | None]] = OrderedDict()

    async def of(self, order_id: str) -> tuple[str, ...]:
        if not is_order_id(order_id):
            raise OrderNotFound
        kept_until, origins = self._kept.get(order_id, (0.0, None))
        if kept_until <= self._now():
            origins = await self._ask_in_time(order_id)
            self._keep(order_id, origins)
        if origins is None:
            raise OrderNotFound
        return origins

    async def _ask_in_time(self, order_id: str) -> tuple[str, ...] | None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._ask(order_id)
        except _NETWORK_FAULTS as error:
            _log.warning("allowed origins not known: %s", type(error).__name__)
            raise OriginsUnknown from None

    async def _ask(self, order_id: str) -> tuple[str, ...] | None:
        answer = await self._client.get("/api/v1/checkout/origins", params={"order_id": order_id})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        listed = answer.json()["allowed_origins"][:MAX_ORIGINS]
        return tuple(origin for origin in listed if _ORIGIN.fullmatch(origin))

    def _keep(self, order_id: str, origins: tuple[str, ...] | None) -> None:
        self._kept[order_id] = (self._now() + KEPT_S, origins)
        self._kept.move_to_end(order_id)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)


def leads_to_one_of(url: str, origins: tuple[str, ...]) -> bool:
    """Whether the address is on an allowed origin (CSP Level 3, 6.7.2: ``*`` as port or as first label)."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return False
    if parts.username is not None or not parts.hostname or re.search(r"[\s\\]", url):
        return False
    return any(_matches(parts.scheme, parts.hostname, port, origin) for origin in origins)


def _matches(scheme: str, host: str, port: int | None, origin: str) -> bool:
    allowed_scheme, _, rest = origin.partition("://")
    allowed_host, _, allowed_port = rest.partition(":")
    if scheme != allowed_scheme:
        return False
    if allowed_port != "*" and port != int(allowed_port or {"http": 80, "https": 443}[scheme]):
        return False
    if allowed_host.startswith("*."):
        return host.endswith(allowed_host[1:].lower())
    return host == allowed_host.lower()
