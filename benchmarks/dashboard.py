"""The dashboard over a hundred thousand payments: every combination of the list's filters, at the API."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import product
from statistics import quantiles
from typing import Final
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from benchmarks.dashboard_plans import list_scans
from benchmarks.dashboard_rows import DAYS, PAYMENTS, fill
from benchmarks.gateway import API, CREDENTIALS, THIS, Gateway, gateway
from devstack.servers import Server
from gateway_core.db.pool import create_pool

TARGET_MS: Final = 100.0
NAME_WIDTH: Final = 58
SLOWEST: Final = 8
MAX_PAGES: Final = 1_100
LIST: Final = "/api/v1/payments"
Query = Mapping[str, str]


def combinations(days: Mapping[str, str], order_id: str) -> list[dict[str, str]]:
    """Every combination of the filters: of each kind a wide and a narrow one; an order's id alone or with one
    other.
    """
    kinds: list[list[dict[str, str]]] = [
        [{}, {"status": "success"}, {"status": "processing"}, {"status": "pending,failed"}],
        [{}, {"method": "upi"}],
        [{}, dict(days)],
        [{}, {"amount_min": "100000"}, {"amount_min": "5000", "amount_max": "5100"}],
        [{}, {"q": "pay_a"}, {"q": "pay_ab12"}, {"q": "order_ab"}],
    ]
    every = [{name: text for part in parts for name, text in part.items()} for parts in product(*kinds)]
    return [*every, {"order_id": order_id}, {"order_id": order_id, "status": "success"}]


async def dashboard(postgres: Server, *, repeats: int) -> None:
    """Print p50 and p95 of each filter, of the slowest combinations and of the other reports."""
    async with gateway(THIS, postgres) as on:
        await on.start({}, API)
        began_s = time.monotonic()
        await fill(on.database_url)
        filled_s = time.monotonic() - began_s
        asked = combinations(*await _sample(on))
        sequential = await _sequential(on, asked)
        url = f"http://127.0.0.1:{on.api_port}"
        async with aiohttp.ClientSession(url, headers=CREDENTIALS) as session:
            for query in asked:  # once each, so that pages and plans are warm
                await _get(session, LIST, query)
            lists = [(_name(query), await _times(session, LIST, query, repeats)) for query in asked]
            others = [
                (path, await _times(session, path, query, repeats)) for path, query in await _others(on)
            ]
            walked = await _walk(session)
            export = await _export(session)
    single = [each for each, query in zip(lists, asked, strict=True) if len(query) <= 1]
    slowest = sorted(lists, key=lambda each: -_p(each[1], 95))
    late = [each for each in lists if _p(each[1], 95) >= TARGET_MS]
    lines = [
        f"dashboard: {PAYMENTS:,} payments of one merchant in {DAYS} days, made in {filled_s:.0f} s",
        f"{'':<{NAME_WIDTH}}{'p50 ms':>8}{'p95 ms':>8}   target p95 < {TARGET_MS:.0f} ms",
        *map(_line, single),
        f"the slowest of {len(lists)} combinations:",
        *map(_line, slowest[:SLOWEST]),
        f"over the target: {len(late)} of {len(lists)}",
        f"sequential scans of payments in the plans of {len(asked)} combinations: {len(sequential)}",
        *(f"  {name}" for name in sequential),
        "other reports:",
        *map(_line, others),
        walked,
        export,
    ]
    print("\n".join(lines), flush=True)


async def _sample(on: Gateway) -> tuple[dict[str, str], str]:
    [(since, order_id)] = await on.query(
        "SELECT to_char(now() - interval '7 days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), min(order_id) FROM payments"
    )
    return {"created_from": since}, order_id


async def _others(on: Gateway) -> list[tuple[str, Query]]:
    [(payment_id,)] = await on.query("SELECT payment_id FROM refunds LIMIT 1")
    summaries: list[tuple[str, Query]] = [
        (f"/api/v1/dashboard/summary?days={days}", {}) for days in (1, 7, 30, 90)
    ]
    return [*summaries, ("/api/v1/dashboard/queues", {}), (f"{LIST}/{payment_id}/timeline", {})]


async def _sequential(on: Gateway, asked: list[dict[str, str]]) -> list[str]:
    """The combinations for which a plan reads the whole table."""
    async with create_pool(on.database_url, size=1, application_name="benchmark") as pool:
        return [_name(query) for query in asked if "Seq Scan" in await list_scans(pool, query)]


async def _get(session: aiohttp.ClientSession, path: str, query: Query) -> aiohttp.ClientResponse:
    async with session.get(path, params=query or None) as response:
        response.raise_for_status()
        await response.read()
        return response


async def _times(session: aiohttp.ClientSession, path: str, query: Query, repeats: int) -> list[float]:
    times_ms = []
    for _ in range(repeats):
        began_s = time.perf_counter()
        await _get(session, path, query)
        times_ms.append((time.perf_counter() - began_s) * 1000)
    return times_ms


async def _walk(session: aiohttp.ClientSession) -> str:
    """Follow the links through all pages: the last one is as quick as the first."""
    path, times_ms = f"{LIST}?limit=100", list[float]()
    for _ in range(MAX_PAGES):
        began_s = time.perf_counter()
        response = await _get(session, path, {})
        times_ms.append((time.perf_counter() - began_s) * 1000)
        if "next" not in response.links:
            break
        path = str(URL(response.links["next"]["url"]).relative())
    return _line((f"{len(times_ms)} pages of 100, link by link", times_ms))


async def _export(session: aiohttp.ClientSession) -> str:
    began_s = time.perf_counter()
    async with session.get(f"{LIST}/export") as response:
        response.raise_for_status()
        first = await response.content.readany()
        first_ms = (time.perf_counter() - began_s) * 1000
        content = first + await response.content.read()
    seconds = time.perf_counter() - began_s
    rows = content.count(b"\r\n") - 1
    return f"export: first bytes after {first_ms:.0f} ms, {rows:,} rows in {seconds:.1f} s"


def _name(query: Query) -> str:
    return urlencode(query, safe=",:") or "(no filter)"


def _p(times_ms: list[float], percent: int) -> float:
    return quantiles(times_ms, n=100)[percent - 1]


def _line(each: tuple[str, list[float]]) -> str:
    name, times_ms = each
    shown = name if len(name) < NAME_WIDTH else f"{name[: NAME_WIDTH - 3]}… "
    return f"  {shown:<{NAME_WIDTH - 2}}{_p(times_ms, 50):>8.1f}{_p(times_ms, 95):>8.1f}"
