"""The OpenAPI 3.1 document: FastAPI's own, with what it cannot know (FastAPI docs, "Extending OpenAPI")."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel

from api.dependencies import current_merchant, idempotency_key, signed_in_merchant
from api.known_names import calls_of
from api.openapi_parts import DESCRIPTION, DESCRIPTIONS, HEADERS, IDEMPOTENCY_KEY, SECURITY_SCHEMES, Json
from gateway_core import VERSION

DEFAULT_FILE: Final = Path("docs/openapi.json")
JSON: Final = "application/json"

SECURITY: Final[Mapping[object, Sequence[Json]]] = {
    current_merchant: [{"ApiKey": [], "ApiSecret": []}, {"Session": []}],
    signed_in_merchant: [{"Session": []}],
}
# Path parameters take any text: what is no id is answered like an id that nobody has.
PATH_EXAMPLES: Final = {
    "order_id": "order_5kP0aQx8ZrT2mN7vB4cY1d",
    "payment_id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
    "refund_id": "rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6",
    "key": "key_test_abc123",
    "delivery_id": "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11",
}


def document(app: FastAPI) -> Json:
    """The document of ``app``; made once, when it is first asked for."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=VERSION,
            openapi_version="3.1.0",
            description=DESCRIPTION,
            routes=app.routes,
            servers=[{"url": "/", "description": "This gateway"}],
        )
        app.openapi_schema = _finish(made, _dependencies_of_operations(app))
    return app.openapi_schema


def _dependencies_of_operations(app: FastAPI) -> dict[str, set[object]]:
    """Operation id → the functions that the operation depends on."""
    return {
        route.operation_id: set(calls_of(route.dependant))
        for route in iter_route_contexts(app.routes)
        if getattr(route, "operation_id", None) is not None
    }


def _finish(made: Json, dependencies: Mapping[str, Collection[object]]) -> Json:
    made["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    components = made["components"]
    components["headers"] = HEADERS
    components["securitySchemes"] = SECURITY_SCHEMES
    operations = [operation for item in made["paths"].values() for operation in item.values()]
    for operation in operations:
        _finish_operation(operation, dependencies[operation["operationId"]])
    made["paths"] = _tidy(made["paths"])
    components["schemas"] = {name: _tidy(schema) for name, schema in sorted(components["schemas"].items())}
    components["responses"] = _share_responses(
        [each["responses"] for item in made["paths"].values() for each in item.values()]
    )
    _drop_unused_schemas(made)
    _put_examples_back(components["schemas"])
    made["tags"] = [
        {"name": tag} for tag in dict.fromkeys(tag for each in operations for tag in each["tags"])
    ]
    return made


def _finish_operation(operation: Json, dependencies: Collection[object]) -> None:
    answers = operation["responses"]
    if _is_frameworks_own(answers.get("422")):
        del answers["422"]
    for status, answer in answers.items():
        answer["description"] = DESCRIPTIONS[status]
        _add_header(answer, "X-Request-Id")
        contents = answer.get("content", {})
        for media_type, content in list(contents.items()):
            content.pop("itemSchema", None)  # OpenAPI 3.2
            if (
                int(status) >= 400 and media_type != JSON
            ):  # FastAPI expects errors to be CSV where the answer is
                contents[JSON] |= contents.pop(media_type)
    if idempotency_key in dependencies:
        _add_header(answers.get("201") or answers["200"], "Idempotent-Replayed")
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    operation["responses"] = dict(sorted(answers.items()))
    operation["security"] = [
        scheme for dependency, schemes in SECURITY.items() if dependency in dependencies for scheme in schemes
    ]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = PATH_EXAMPLES[parameter["name"]]


def _add_header(answer: Json, name: str) -> None:
    answer.setdefault("headers", {})[name] = {"$ref": f"#/components/headers/{name}"}


def _is_frameworks_own(answer: Json | None) -> bool:
    return answer is not None and "HTTPValidationError" in json.dumps(answer)


def _tidy(schema: Any) -> Any:
    """Without the titles that pydantic makes of names (generators would make types of them); 1.0 as 1."""
    match schema:
        case dict():
            return {
                key: _tidy(value)
                for key, value in schema.items()
                if key != "title" or not isinstance(value, str)
            }
        case list():
            return [_tidy(item) for item in schema]
        case float() if schema.is_integer():
            return int(schema)
        case _:
            return schema


def _share_responses(answers: Sequence[Json]) -> Json:
    """Of the error responses of one code the most frequent; the operations that have it then refer to it."""
    found: dict[str, Counter[str]] = {}
    texts: Json = {}
    for responses in answers:
        for status, answer in responses.items():
            codes = list(answer.get("content", {}).get(JSON, {}).get("examples", {}))
            if len(codes) == 1 and int(status) >= 400:
                name = codes[0].title().replace("_", "")
                text = json.dumps(answer, sort_keys=True)
                found.setdefault(name, Counter())[text] += 1
                texts.setdefault(text, answer)
    names = {counts.most_common(1)[0][0]: name for name, counts in sorted(found.items())}
    for responses in answers:
        for status, answer in responses.items():
            name = names.get(json.dumps(answer, sort_keys=True))
            if name is not None:
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    return {name: texts[text] for text, name in names.items()}


def _drop_unused_schemas(made: Json) -> None:
    """Those of FastAPI's own errors, and of models that stand for what a validator has made."""
    schemas = made["components"]["schemas"]
    used = None
    while used != len(schemas):
        used, text = len(schemas), json.dumps(made)
        for name in list(schemas):
            if f'"#/components/schemas/{name}"' not in text:
                del schemas[name]


def _put_examples_back(schemas: Json) -> None:
    """FastAPI leaves every null out, also those of examples."""
    for model in _models(BaseModel):
        extra = model.model_config.get("json_schema_extra")
        if isinstance(extra, dict) and "examples" in extra and "examples" in schemas.get(model.__name__, {}):
            schemas[model.__name__]["examples"] = extra["examples"]


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def text(app: FastAPI) -> str:
    """The document as it is committed."""
    return json.dumps(document(app), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """``python -m api.openapi [FILE]``: write the document of a local gateway, which has every endpoint."""
    from api.app import documented_app

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE
    target.write_text(text(documented_app()), encoding="utf-8")


if __name__ == "__main__":
    main()
