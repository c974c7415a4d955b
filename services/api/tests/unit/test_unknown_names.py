"""Query parameters and fields of commands that an operation does not know are refused with the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.known_names import MAX_NAME_LENGTH, unknown_name
from gateway_core.domain.errors import authentication_failed

if TYPE_CHECKING:
    from tests.unit.conftest import Edge


@pytest.mark.parametrize(
    ("path", "description", "field"),
    [
        ("/api/v1/payments?from=2024-01-15T00:00:00Z", "did you mean created_from?", "created_from"),
        ("/api/v1/payments?status%5B%5D=failed", "did you mean status?", "status"),
        ("/api/v1/payments?limit=5&STATUS=failed", "did you mean status?", "status"),
        ("/api/v1/payments/export?limit=1", "known are q, status,", None),
        ("/api/v1/orders?page=2", "known are status, receipt,", None),
        ("/api/v1/webhooks?events=payment.success", "did you mean event?", "event"),
        ("/api/v1/payments/pay_1/refunds?cursors=x", "did you mean cursor?", "cursor"),
        ("/api/v1/dashboard/summary?day=7", "did you mean days?", "days"),
        ("/api/v1/checkout/origins?orderId=order_1", "did you mean order_id?", "order_id"),
        ("/api/v1/orders/order_1?expand=payments", "this request takes none", None),
        ("/api/v1/payments/pay_1/public?=", "this request takes none", None),
        ("/api/v1/events/stream?since=5", "this request takes none", None),
        ("/health?verbose", "this request takes none", None),
    ],
)
async def test_an_unknown_query_parameter_is_refused(
    edge: Edge, path: str, description: str, field: str | None
) -> None:
    response = await edge.client.get(path)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "BAD_REQUEST_ERROR")
    assert error["description"].startswith("Unknown query parameter")
    assert description in error["description"]
    assert error.get("field") == field


async def test_of_what_is_no_list_only_one_is_taken(edge: Edge) -> None:
    refused = await edge.client.get("/api/v1/payments?limit=1&limit=2")
    assert refused.json()["error"]["description"] == "limit must be sent once"
    taken = await edge.client.get("/api/v1/payments?status=failed&status=success")
    assert taken.status_code == 200


async def test_who_calls_comes_first(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_request: object) -> None:
        raise authentication_failed()

    monkeypatch.setattr(edge.app.state.services.authenticator, "merchant_of", refuse)
    for path in ("/api/v1/payments?page=2", "/api/v1/payments/export?page=2", "/api/v1/events/stream?x=1"):
        assert (await edge.client.get(path)).status_code == 401


@given(st.text(max_size=3 * MAX_NAME_LENGTH), st.sets(st.sampled_from(["status", "limit", "created_from"])))
def test_a_refusal_repeats_nothing_but_known_names(name: str, known: set[str]) -> None:
    refusal = unknown_name("field", name, known)
    words = {each.strip("?:,") for each in refusal.description.removeprefix("Unknown field:").split()}
    assert words <= {"did", "you", "mean", "known", "are", "this", "request", "takes", "none", *known}
    assert refusal.field in {None, *known}
