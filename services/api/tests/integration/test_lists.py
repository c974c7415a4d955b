"""Lists: filters, cursors that stand still while rows are added, and the headers (contract, Endpoints)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration


def next_link(response: httpx.Response) -> str | None:
    link = response.links.get("next")
    return None if link is None else link["url"]


async def all_pages(gateway: Gateway, path: str) -> list[list[dict[str, Any]]]:
    pages, link = [], path
    while link is not None:
        response = await gateway.get(link)
        assert response.status_code == 200, response.text
        pages.append(response.json())
        link = next_link(response)  # type: ignore[assignment]
    return pages


async def test_payments_are_a_bare_array_newest_first(gateway: Gateway) -> None:
    assert (await gateway.get("/api/v1/payments")).content == b"[]"
    made = [await gateway.payment() for _ in range(3)]
    response = await gateway.get("/api/v1/payments")
    assert [payment["id"] for payment in response.json()] == [payment["id"] for payment in made[::-1]]
    assert response.headers["x-total-count"] == "3"
    one = await gateway.get(f"/api/v1/payments/{made[0]['id']}")
    assert response.json()[-1] == one.json()


@pytest.mark.parametrize("path", ["/api/v1/payments", "/api/v1/orders"])
async def test_pages_follow_one_another_without_gap_or_overlap(gateway: Gateway, path: str) -> None:
    for _ in range(7):
        await gateway.payment()
    pages = await all_pages(gateway, f"{path}?limit=3")
    assert [len(each) for each in pages] == [3, 3, 1]
    whole = (await gateway.get(path)).json()
    assert [row for each in pages for row in each] == whole


async def test_rows_of_one_instant_are_paged_too(gateway: Gateway) -> None:
    for _ in range(7):
        await gateway.payment()
    await gateway.rows.run("UPDATE payments SET created_at = '2024-01-15T10:30:00Z'")
    pages = await all_pages(gateway, "/api/v1/payments?limit=2")
    assert len({row["id"] for each in pages for row in each}) == 7


@pytest.mark.parametrize("path", ["/api/v1/payments", "/api/v1/orders"])
async def test_a_cursor_stands_still_while_rows_are_added(gateway: Gateway, path: str) -> None:
    for _ in range(4):
        await gateway.payment()
    first = await gateway.get(f"{path}?limit=2")
    expected = (await gateway.get(f"{path}?limit=2&offset=2")).json()
    for _ in range(3):
        await gateway.payment()
    link = next_link(first)
    assert link is not None
    assert (await gateway.get(link)).json() == expected
    assert (await gateway.get(f"{path}?limit=2&offset=2")).json() != expected


async def test_refunds_of_a_payment_are_paged(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/refunds"
    made = [(await gateway.post(route, {"amount": 100})).json()["id"] for _ in range(5)]
    pages = await all_pages(gateway, f"{route}?limit=2")
    assert [row["id"] for each in pages for row in each] == made[::-1]
    assert [row["id"] for row in (await gateway.get(f"{route}?offset=4")).json()] == made[:1]


async def test_filters_choose_and_the_total_counts_what_they_let_through(gateway: Gateway) -> None:
    pending = await gateway.payment()
    success = await gateway.successful_payment()
    order = await gateway.order(amount=700)
    card = {
        "number": "4111111111111111", "expiry_month": 12, "expiry_year": 2040, "cvv": "737", "holder_name": "A",
    }  # fmt: skip
    body = {"order_id": order["id"], "method": "card", "card": card}
    small = (await gateway.post("/api/v1/payments", body)).json()
    await gateway.rows.run("UPDATE payments SET created_at = '2020-01-01Z' WHERE id = %s", (pending["id"],))
    for query, chosen in [
        ("status=success", [success]),
        ("status=pending", [small, pending]),
        ("status=failed", []),
        ("method=card", [small]),
        (f"order_id={order['id']}", [small]),
        ("order_id=nobody", []),
        ("amount_max=700", [small]),
        ("amount_min=701", [success, pending]),
        ("created_to=2021-01-01T00:00:00Z", [pending]),
        ("created_from=2021-01-01T00:00:00%2B00:00", [small, success]),
        ("status=pending&method=upi", [pending]),
        ("status=pending,success", [small, success, pending]),
        ("status=failed,success&method=upi,card", [success]),
        ("status=failed&status=success", [success]),
        ("status=pending&status=success,failed", [small, success, pending]),
        ("created_from=1246-03-05T00:00:00Z&created_to=9999-12-31T23:59:59Z", [small, success, pending]),
        ("created_to=0001-01-01T00:00:00%2B14:00", []),
        ("created_from=9999-12-31T23:59:59-14:00", []),
        ("created_from=2024-01-15T00:00:00%2B23:59", [small, success]),
        (f"q={small['id'][:12]}", [small]),
        (f"q={success['id']}", [success]),
        (f"q={order['id'][:14]}", [small]),
        ("q=pay_", [small, success, pending]),
        (f"q={small['id'].swapcase()}", []),
        (f"q={small['id'].replace('_', 'X')}", []),
        (f"q={small['id']}&status=success", []),
        ("q=%25", []),
        ("q=pay_%00", []),
        ("status=", [small, success, pending]),
    ]:
        response = await gateway.get(f"/api/v1/payments?{query}")
        assert [row["id"] for row in response.json()] == [row["id"] for row in chosen], query
        assert response.headers["x-total-count"] == str(len(chosen)), query
    paged = await gateway.get("/api/v1/payments?status=pending&status=success&limit=1")
    assert paged.headers["x-total-count"] == "3"
    assert "status=pending&status=success" in (next_link(paged) or "")


async def test_a_search_finds_what_people_have_of_a_payment(gateway: Gateway) -> None:
    plain = await gateway.payment()
    order = await gateway.order(amount=12_345, currency="INR", receipt="order_1001")
    upi = {"order_id": order["id"], "method": "upi", "vpa": "asha@okbank"}
    paid = (await gateway.post("/api/v1/payments", upi)).json()
    order = await gateway.order(amount=12_345, currency="JPY", receipt="R 7%")
    card = {
        "number": "5555555555554444", "expiry_month": 12, "expiry_year": 2040, "cvv": "737", "holder_name": "A",
    }  # fmt: skip
    body = {"order_id": order["id"], "method": "card", "card": card}
    yen = (await gateway.post("/api/v1/payments", body)).json()
    returned = await gateway.successful_payment()
    refund = await gateway.post(f"/api/v1/payments/{returned['id']}/refunds", {"amount": 100})
    await gateway.rows.run("UPDATE refunds SET requires_review = true WHERE id = %s", (refund.json()["id"],))
    await gateway.rows.run("UPDATE payments SET requires_review = true WHERE id = %s", (plain["id"],))
    await gateway.add_other_merchant()
    searches: list[tuple[str, list[dict[str, Any]]]] = [
        ("q=order_1001", [paid]),
        ("q=asha@okbank", [paid]),
        ("q=123.45", [paid]),
        ("q=R 7%25", [yen]),
        ("q=4444", [yen]),
        ("q=12,345", [yen]),
        (f"q={refund.json()['id']}", [returned]),
        (f"q={refund.json()['id'][:12]}", [returned]),
        ("q=order_1001&method=card", []),
        ("q=asha", []),
        ("requires_review=true", [returned, plain]),
        ("requires_review=false", [yen, paid]),
    ]
    for query, found in searches:
        response = await gateway.get(f"/api/v1/payments?{query}")
        assert [row["id"] for row in response.json()] == [each["id"] for each in found], query
        assert response.headers["x-total-count"] == str(len(found)), query
        other = await gateway.get(f"/api/v1/payments?{query}", headers=gateway.other_headers)
        assert other.json() == [], query
    assert (await gateway.get("/api/v1/payments?q=4444")).json()[0]["receipt"] == "R 7%"
    assert (await gateway.get("/api/v1/payments?requires_review=1")).status_code == 400


@pytest.mark.parametrize("path", ["/api/v1/payments", "/api/v1/orders", "/api/v1/webhooks"])
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "offset=-1", "limit=1%00"])
async def test_pages_out_of_bounds_are_refused(gateway: Gateway, path: str, query: str) -> None:
    response = await gateway.get(f"{path}?{query}")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST_ERROR")


async def test_a_cursor_of_another_list_or_made_up_is_no_error_of_ours(gateway: Gateway) -> None:
    for _ in range(2):
        await gateway.payment()
    cursor = (next_link(await gateway.get("/api/v1/orders?limit=1")) or "").split("cursor=")[1]
    assert (await gateway.get(f"/api/v1/payments?cursor={cursor}")).status_code == 200
    assert (await gateway.get("/api/v1/payments?cursor=made-up")).status_code == 400
