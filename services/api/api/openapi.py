"""The OpenAPI 3.1 document: FastAPI's own, with what it cannot know (FastAPI docs, "Extending OpenAPI")."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel

from api.dependencies import current_merchant, idempotency_key, signed_in_merchant
from api.known_names import calls_of
from api.session.cookie import LOCAL_NAME, SECURE_NAME
from api.session.same_origin import DASHBOARD_HEADER
from gateway_core import VERSION

Json: TypeAlias = dict[str, Any]

DEFAULT_FILE: Final = Path("docs/openapi.json")
JSON: Final = "application/json"
DESCRIPTION: Final = """\
Orders, payments, refunds and signed webhooks of a self-hosted payment gateway.

Amounts are integers in the currency's minor unit (paise). Times are RFC 3339 in UTC. Every error has
the same shape, `{"error": {"code", "description", …}}`; the codes are stable. Fields may be added to
any object at any time. HEAD is answered wherever GET is. Request bodies are JSON in UTF-8 of at most 64 KiB,
without duplicate keys. Unknown query parameters are refused with the nearest known name. So are unknown members of a
body, except where it creates an order or a payment: there they are ignored. A list is a repeated parameter, or one
value with commas.

**Idempotency.** A POST that creates something takes an `Idempotency-Key` of 1 to 255 printable ASCII characters.
For 24 hours the same key with the same body is answered with the same status and the very same bytes (and
`Idempotent-Replayed: true`), with another body or path 422; while the first request is still running 409 with
`Retry-After`. Only success is stored: a refused request may be corrected and sent again under its key.

**Checkout.** A payer's browser holds no API secret. It reads the order, pays it, and gets a `client_secret` for that
one payment, to be sent as `X-Client-Secret`. On success the page hands `order_id`, `payment_id` and `signature` to
the merchant's site, whose server trusts them only after comparing `signature` in constant time with the lower-case
hex HMAC-SHA256 of `order_id|payment_id` under its webhook secret, with an order id of its own.

**Webhooks.** Events are POSTed to the merchant's URL with `X-Webhook-Signature`, the lower-case hex HMAC-SHA256 of
the exact body under the merchant's webhook secret.
"""
DESCRIPTIONS: Final = {
    "200": "The request succeeded.",
    "201": "The resource was created.",
    "204": "The request succeeded; there is no content.",
    "400": "The request is invalid.",
    "401": "The credentials are missing, wrong or inactive.",
    "403": "The request came from another site, or needs a session instead of an API key.",
    "404": "No such resource, or it belongs to another merchant.",
    "409": "The first request with this key is still running.",
    "413": "The request body is too large.",
    "415": "The request body is not JSON.",
    "422": "The key was used with another request.",
    "429": "Too many requests.",
    "500": "Internal server error.",
    "503": "The service is temporarily unavailable.",
}
HEADERS: Final[Json] = {
    "X-Request-Id": {
        "description": "The request's id in the logs; the caller's own `X-Request-Id` if it is valid.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": 'The next page, `<…>; rel="next"` (RFC 8288); absent on the last.',
        "schema": {"type": "string"},
    },
    "X-Total-Count": {
        "description": "The number of rows on all pages together.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Content-Disposition": {
        "description": "A name for the file.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="payments-2024-01-15.csv"',
    },
    "Set-Cookie": {
        "description": "The session's cookie, HttpOnly and SameSite=Strict.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the stored response of an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
SECURITY_SCHEMES: Final[Json] = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "The public part of the API key.",
    },
    "ApiSecret": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Secret",
        "description": "The secret of the API key.",
    },
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": LOCAL_NAME,
        "description": (
            f"A dashboard session; `{SECURE_NAME}` outside a local evaluation. Anything but GET needs, besides "
            "the cookie, the dashboard's exact `Origin`, `Sec-Fetch-Site: same-origin` and "
            f"`{DASHBOARD_HEADER}: 1`. If both are sent, the API key counts."
        ),
    },
}


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
