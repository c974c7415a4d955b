"""A router that is added to the application needs nothing else: CONTRIBUTING, "an endpoint"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field

from api.body import Body, StrictRoute
from api.dependencies import CurrentMerchant
from api.errors import BODY_ERRORS, MERCHANT_ERRORS, error_body, responses
from api.fields import examples
from api.openapi import document
from api.strict_json import MALFORMED
from gateway_core.domain.errors import GatewayError, bad_request, not_found

if TYPE_CHECKING:
    from tests.unit.conftest import Edge

router = APIRouter(prefix="/api/v1/links", tags=["Links"], route_class=StrictRoute)


TITLE_REQUIRED = bad_request("title is required", field="title")


def check_title(value: object) -> object:
    if not value:
        raise TITLE_REQUIRED
    return value


class LinkInput(Body):
    model_config = examples({"title": "Lunch"})

    title: Annotated[str, Field(max_length=80), BeforeValidator(check_title)]


@router.post(
    "",
    operation_id="createLink",
    summary="Make a payment link",
    status_code=201,
    responses=responses(*MERCHANT_ERRORS, *BODY_ERRORS, TITLE_REQUIRED, not_found("Shop")),
)
async def create(
    merchant: CurrentMerchant, body: LinkInput, shop: Annotated[str, Query()] = "main"
) -> dict[str, str]:
    if shop != "main":
        raise not_found("Shop")
    return {"merchant": str(merchant), "title": body.title}


@pytest.mark.parametrize(
    ("query", "body", "status", "answer"),
    [
        ("", b'{"title": "Tea"}', 201, {"merchant": str(UUID(int=1)), "title": "Tea"}),
        ("", b"{}", 400, {"code": "BAD_REQUEST_ERROR", "description": "title is required", "field": "title"}),
        ("", b'{"title": "a", "title": "b"}', 400, {"code": "BAD_REQUEST_ERROR", "description": MALFORMED}),
        ("?shop=x", b'{"title": "Tea"}', 404, {"code": "NOT_FOUND_ERROR", "description": "Shop not found"}),
    ],
)
async def test_it_answers_in_the_contracts_shapes(
    edge: Edge, query: str, body: bytes, status: int, answer: dict[str, str]
) -> None:
    edge.app.include_router(router)
    sent = {"Content-Type": "application/json"}
    response = await edge.client.post(f"/api/v1/links{query}", content=body, headers=sent)
    assert response.status_code == status
    assert response.json() == (answer if status == 201 else {"error": answer})


def test_it_is_in_the_document_with_its_body_filter_and_errors(edge: Edge) -> None:
    edge.app.include_router(router)
    made = document(edge.app)
    operation = made["paths"]["/api/v1/links"]["post"]
    assert set(operation["responses"]) == {"201", "400", "401", "403", "404", "413", "415", "500", "503"}
    codes = operation["responses"]["400"]["content"]["application/json"]["examples"].values()
    assert error_of(TITLE_REQUIRED) in [each["value"] for each in codes]
    assert operation["security"] == [{"ApiKey": [], "ApiSecret": []}, {"Session": []}]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["shop"]
    assert made["components"]["schemas"]["LinkInput"]["examples"] == [{"title": "Lunch"}]


def error_of(error: GatewayError) -> object:
    return json.loads(error_body(error, ""))
