"""The document: valid, committed, complete, and true to its own examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import documented_app
from api.openapi import document as document_of
from api.openapi import text

if TYPE_CHECKING:
    from tests.unit.conftest import Edge

    from api.settings import ApiSettings

COMMITTED = Path(__file__).parents[4] / "docs" / "openapi.json"
CONTRACT = """
    GET /
    GET /health
    POST /api/v1/orders
    GET /api/v1/orders
    GET /api/v1/orders/{order_id}
    GET /api/v1/orders/{order_id}/public
    POST /api/v1/payments
    POST /api/v1/payments/public
    GET /api/v1/payments
    GET /api/v1/payments/{payment_id}
    GET /api/v1/payments/{payment_id}/public
    POST /api/v1/payments/{payment_id}/capture
    POST /api/v1/payments/{payment_id}/refunds
    GET /api/v1/payments/{payment_id}/refunds
    GET /api/v1/refunds/{refund_id}
    GET /api/v1/webhooks
    PUT /api/v1/webhooks
    POST /api/v1/webhooks/{delivery_id}/retry
    GET /api/v1/webhooks/config
    PUT /api/v1/webhooks/config
    POST /api/v1/webhooks/config
    POST /api/v1/webhooks/regenerate-secret
    POST /api/v1/webhooks/secret/regenerate
    POST /api/v1/webhooks/test
    GET /api/v1/test/merchant
    GET /api/v1/test/jobs/status
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return document_of(documented_app())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def takes_a_key(operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))


def test_the_committed_copy_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == text(documented_app()), "run python -m api.openapi"


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_it_has_every_operation_of_the_contract(document: dict[str, Any]) -> None:
    assert set(CONTRACT.replace("    ", "").split("\n")) - {""} <= {name for name, _ in operations(document)}


def test_operation_ids_are_unique_and_make_names(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9]+", each) for each in ids)


def test_every_error_is_declared_on_every_operation(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        wanted = {"500", "503"}
        if operation["security"]:
            wanted |= {"401", "403"}
        if "requestBody" in operation:
            wanted |= {"400", "413", "415"}
        if takes_a_key(operation):
            wanted |= {"409", "422"}
        if "{" in name:
            wanted |= {"404"}
        assert wanted <= set(operation["responses"]), name


def test_every_creating_operation_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    keyed = {operation["operationId"] for _, operation in operations(document) if takes_a_key(operation)}
    assert keyed == {"createOrder", "createPayment", "createPublicPayment", "capturePayment", "createRefund"}


def test_the_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    fitting = [
        (schema, example)
        for schema in document["components"]["schemas"].values()
        for example in schema.get("examples", [])
    ]
    for _, operation in operations(document):
        answers = [resolve(document, response) for response in operation["responses"].values()]
        contents = [content for answer in answers for content in answer.get("content", {}).values()]
        fitting += [
            (content["schema"], example["value"])
            for content in contents
            for example in content.get("examples", {}).values()
        ]
        fitting += [
            (parameter["schema"], parameter["example"])
            for parameter in operation.get("parameters", [])
            if "example" in parameter
        ]
    assert len(fitting) > 100
    for schema, example in fitting:
        OAS31Validator({**schema, "components": document["components"]}).validate(example)


def test_every_answer_and_body_has_an_example(document: dict[str, Any]) -> None:
    without = set()
    for name, operation in operations(document):
        answers = [resolve(document, response) for response in operation["responses"].values()]
        for each in [*answers, operation.get("requestBody", {})]:
            content = each.get("content", {}).get("application/json", {"schema": {}, "examples": {}})
            schema = resolve(document, content["schema"].get("items", content["schema"]))
            if "examples" not in content and "examples" not in resolve(document, schema):
                without.add(name)
    assert without == set()


def test_path_parameters_are_declared(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        declared = [resolve(document, each) for each in operation.get("parameters", [])]
        in_path = {each["name"] for each in declared if each["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", name)), name


async def test_the_document_and_its_page_are_served_from_here(edge: Edge) -> None:
    served = await edge.client.get("/openapi.json")
    assert json.loads(served.content)["info"]["title"] == "Payment Gateway API"
    html = await edge.client.get("/docs")
    assert html.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html.text)
    assert len(loaded) == 4
    for path in loaded:
        assert path.startswith("/docs/") or path == "data:,"
        if path.startswith("/"):
            asset = await edge.client.get(path)
            assert (asset.status_code, bool(asset.content)) == (200, True)
            assert "default-src 'none'" in asset.headers["content-security-policy"]


async def test_without_test_endpoints_they_are_not_documented(
    make_edge: type[Edge], settings: ApiSettings
) -> None:
    edge = make_edge(settings.model_copy(update={"test_endpoints": False}))
    async with edge.client:
        paths = json.loads((await edge.client.get("/openapi.json")).content)["paths"]
    assert not [path for path in paths if path.startswith("/api/v1/test")]
