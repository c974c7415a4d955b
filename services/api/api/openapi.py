"""The OpenAPI 3.1 document, built from what stands beside the routes: ``python -m api.openapi [FILE]``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from api.describe import Endpoint, Json, Operation, Shape
from api.http_errors import STATUS, error_body
from api.middleware.body_limit import MAX_BODY_BYTES
from api.openapi_parts import DESCRIPTION, HEADERS, PARAMETERS, SECURITY_SCHEMES
from api.schemas import Error
from gateway_core import VERSION
from gateway_core.domain.errors import (
    GatewayError,
    authentication_failed,
    bad_request,
    cross_site_refused,
    idempotency_key_in_use,
    idempotency_key_reused,
    internal_error,
    payload_too_large,
    service_unavailable,
    session_required,
    unsupported_media_type,
)

DEFAULT_FILE: Final = Path("docs/openapi.json")
EXAMPLE_REQUEST_ID: Final = "req_0a1b2c3d4e5f60718293a4b5"
DESCRIPTIONS: Final = {
    200: "Done.",
    201: "Created.",
    204: "Done; no content.",
    400: "Not acceptable as it is.",
    401: "Missing, wrong or inactive credentials.",
    403: "Not from there, or not with an API key.",
    404: "Not there, or not yours.",
    409: "The first request with this key is still running.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The key was used with another body.",
    429: "Too many of these for now.",
    500: "Our fault.",
    503: "Try again shortly.",
}

_AUTHENTICATION: Final = (authentication_failed(), cross_site_refused())
_SECURITY: Final[Sequence[Json]] = ({"ApiKey": [], "ApiSecret": []}, {"Session": []})
_BODY: Final = (
    bad_request("Request body must be valid JSON in UTF-8"),
    payload_too_large(MAX_BODY_BYTES),
    unsupported_media_type(),
)
_KEY: Final = (idempotency_key_in_use(), idempotency_key_reused())
_ANY: Final = (internal_error(), service_unavailable())


def build(endpoints: Sequence[Endpoint]) -> Json:
    """The document of ``endpoints``, in their order."""
    paths: Json = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint.operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Payment Gateway API",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This gateway"}],
        "paths": paths,
        "components": {
            "schemas": _schemas([endpoint.operation for endpoint in endpoints]),
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": {
                _name(error): _refusal(STATUS[error.code], [error])
                for error in (*_AUTHENTICATION, *_BODY, *_KEY, *_ANY)
            },
            "securitySchemes": SECURITY_SCHEMES,
        },
        "tags": [{"name": tag} for tag in dict.fromkeys(endpoint.operation.tag for endpoint in endpoints)],
    }


def _operation(operation: Operation) -> Json:
    parameters = [*operation.parameters, *(["IdempotencyKey"] if operation.keyed else [])]
    described: Json = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": list(_SECURITY[operation.session_only :]) if operation.signed else [],
        "responses": _responses(operation),
    }
    if operation.description:
        described["description"] = operation.description
    if parameters:
        described["parameters"] = [_ref("parameters", name) for name in parameters]
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    return described


def _responses(operation: Operation) -> Json:
    headers = [*operation.answer_headers, *(["Idempotent-Replayed"] if operation.keyed else [])]
    answer = {} if operation.answer is None else _content(operation.answer)
    responses = {str(operation.status): _response(operation.status, headers, answer)}
    for status, shape in operation.other_answers.items():
        content = _content(shape)
        content["application/json"]["schema"] = {
            "anyOf": [_ref("schemas", shape.name), _ref("schemas", "Error")]
        }
        responses[str(status)] = _response(status, (), content)
    own: dict[int, list[GatewayError]] = {}
    for error in (*operation.refusals, *((session_required(),) if operation.session_only else ())):
        own.setdefault(STATUS[error.code], []).append(error)
    for error in _implied(operation):
        status = STATUS[error.code]
        if status in own:
            own[status].append(error)
        else:
            responses.setdefault(str(status), _ref("responses", _name(error)))
    responses |= {str(status): _refusal(status, errors) for status, errors in own.items()}
    return dict(sorted(responses.items()))


def _implied(operation: Operation) -> Iterable[GatewayError]:
    """The refusals that an operation's flags bring with them."""
    if operation.signed:
        yield from _AUTHENTICATION
    if operation.body is not None:
        yield from _BODY
    if operation.keyed:
        yield from _KEY
    yield from _ANY


def _name(error: GatewayError) -> str:
    return error.code.title().replace("_", "")


def _refusal(status: int, errors: Sequence[GatewayError]) -> Json:
    headers = ["Retry-After"] if any(error.retry_after_s is not None for error in errors) else []
    examples: Json = {}
    for error in errors:
        example = {"value": json.loads(error_body(error, EXAMPLE_REQUEST_ID))}
        if example not in examples.values():
            number = sum(name.startswith(error.code) for name in examples) + 1
            examples[error.code if number == 1 else f"{error.code}_{number}"] = example
    content = {"application/json": {"schema": _ref("schemas", "Error"), "examples": examples}}
    return _response(status, headers, content)


def _response(status: int, headers: Sequence[str], content: Json) -> Json:
    described: Json = {
        "description": DESCRIPTIONS[status],
        "headers": {name: _ref("headers", name) for name in ("X-Request-Id", *headers)},
    }
    return {**described, "content": content} if content else described


def _content(shape: Shape) -> Json:
    examples = {name: {"value": value} for name, value in shape.examples.items()}
    return {shape.media_type: {"schema": _ref("schemas", shape.name), "examples": examples}}


def _schemas(operations: Sequence[Operation]) -> Json:
    types: dict[str, Any] = {"Error": Error}
    for operation in operations:
        for shape in (operation.answer, operation.body, *operation.other_answers.values()):
            if shape is not None:
                types[shape.name] = shape.type
    adapters = [(name, "serialization", TypeAdapter(kind)) for name, kind in types.items()]
    named, described = TypeAdapter.json_schemas(
        adapters,  # type: ignore[arg-type]  # a list of tuples of a literal
        ref_template="#/components/schemas/{model}",
    )
    schemas: Json = dict(described.get("$defs", {}))
    for (name, _), schema in named.items():
        if schema != _ref("schemas", str(name)):
            schemas[str(name)] = schema
    return {name: _untitled(schemas[name]) for name in sorted(schemas)}


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes of names: generators would turn them into types of their own."""
    if isinstance(schema, dict):
        return {
            key: _untitled(value)
            for key, value in schema.items()
            if key != "title" or not isinstance(value, str)
        }
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema


def _ref(section: str, name: str) -> Json:
    return {"$ref": f"#/components/{section}/{name}"}


def text(endpoints: Sequence[Endpoint]) -> str:
    """The document as it is committed."""
    return json.dumps(build(endpoints), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the document of a local gateway, which has every endpoint, to FILE (default docs/openapi.json)."""
    from api.app import documented_endpoints

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE
    target.write_text(text(documented_endpoints()), encoding="utf-8")


if __name__ == "__main__":
    main()
