"""What the OpenAPI document says about each operation; it is written beside the routes and built in `openapi`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from gateway_core.domain.errors import GatewayError

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A body: a type that pydantic can describe, under the name it has in the document. Of a stream, one message."""

    name: str
    type: Any
    examples: Mapping[str, object]
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. ``refusals`` are those of its own; what its flags imply is added by `openapi`."""

    id: str
    tag: str
    summary: str
    description: str = ""
    answer: Shape | None
    """None: the response has no content."""
    status: int = 200
    answer_headers: Sequence[str] = ()
    body: Shape | None = None
    parameters: Sequence[str] = ()
    refusals: Sequence[GatewayError] = ()
    other_answers: Mapping[int, Shape] = field(default_factory=dict)
    signed: bool = True
    """Needs ``X-Api-Key`` and ``X-Api-Secret``, or a session."""
    session_only: bool = False
    """Of ``signed``: the session, an API key will not do."""
    keyed: bool = False
    """Takes an ``Idempotency-Key``."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route of the application."""

    method: str
    path: str
    handler: Handler
    operation: Operation
    cross_origin: bool = False
    """The checkout's pages may call it from their own origin."""
