"""JSON bodies: FastAPI's own body parameters, read by a stricter parser.

``APIRouter(route_class=StrictRoute)`` and a ``Body`` model as a parameter is all that an operation needs. A body that
cannot be read is refused only when its model is validated, so after the dependencies: who calls comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ClassVar

from fastapi import Depends, Request, Response
from fastapi.dependencies.utils import get_dependant
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, model_validator

from api.dependencies import current_merchant, signed_in_merchant
from api.known_names import KnownQuery, calls_of, unknown_name
from api.strict_json import Unreadable, check_content_type, parse_object
from gateway_core.domain.errors import GatewayError, unsupported_media_type


class Body(BaseModel):
    """A request's JSON object. Unknown members are ignored; nothing of the input is repeated in an error.

    Fields with an error of their own raise it from a validator; a required one that is missing is checked as null.
    ``api.errors`` words all other errors.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(hide_input_in_errors=True, frozen=True)
    _required: ClassVar[dict[str, None]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls._required = {name: None for name, field in cls.model_fields.items() if field.is_required()}

    @model_validator(mode="before")
    @classmethod
    def _is_readable(cls, value: object) -> object:
        value = readable(value)
        if not isinstance(value, dict):
            return value
        if cls.model_config.get("extra") == "forbid":
            for name in value:
                if name not in cls.model_fields:
                    raise unknown_name("field", name, cls.model_fields)
        return cls._required | value


class Command(Body):
    """A body in which nothing may be misspelt: a member that it does not know is refused."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


def readable(value: object) -> object:
    """``value`` as FastAPI hands it to a body's model; raises why the body could not be read."""
    if isinstance(value, Unreadable):
        raise value.error
    if isinstance(value, bytes):  # FastAPI does not parse what is not called JSON
        raise unsupported_media_type()
    return value


class StrictRequest(Request):
    """A request whose ``json()`` is what every reader understands alike (``api.strict_json``)."""

    _parsed: dict[str, object] | Unreadable

    async def body(self) -> bytes:
        """The whole body. One that was refused on its way is something unreadable, and ``json()`` says why."""
        try:
            return await super().body()
        except GatewayError as error:
            self._parsed = Unreadable(error)
            return b"-"

    async def json(self) -> Any:
        """The JSON object, or :class:`Unreadable`."""
        if not hasattr(self, "_parsed"):
            try:
                check_content_type(self.headers.get("content-type"))
                self._parsed = parse_object(await super().body())
            except GatewayError as error:
                self._parsed = Unreadable(error)
        return self._parsed


class StrictRoute(APIRoute):
    """Reads bodies as :class:`StrictRequest` does (FastAPI docs, "Custom Request and APIRoute class").

    Refuses query parameters that the operation does not declare, once it is known who calls.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[Dependency] | None = None,
        **options: Any,
    ) -> None:
        dependant = get_dependant(path=path, call=endpoint)
        callers = [
            Depends(call) for call in (current_merchant, signed_in_merchant) if call in calls_of(dependant)
        ]
        first = [*callers, Depends(KnownQuery(dependant))]
        super().__init__(path, endpoint, dependencies=[*(dependencies or ()), *first], **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


class CrossOriginRoute(StrictRoute):
    """The same for what the checkout's pages call: ``middleware.cors`` lets browsers read the answers."""
