"""Names that a request may use: what it calls otherwise is refused with the nearest known name.

Ignoring it would answer another question than the one asked: a list without its filter, a refund of everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway_core.domain.errors import GatewayError, bad_request

MAX_NAME_LENGTH: Final = 64
"""No known name is as long; comparing takes quadratic time."""
LIKENESS: Final = 0.5


def unknown_name(kind: str, given: str, known: Collection[str]) -> GatewayError:
    """The refusal of ``given``, which is a ``kind`` of thing that is none of ``known``. Does not repeat ``given``."""
    if not known:
        return bad_request(f"Unknown {kind}: this request takes none")
    nearest = get_close_matches(given[:MAX_NAME_LENGTH].lower(), known, n=1, cutoff=LIKENESS)
    if nearest:
        return bad_request(f"Unknown {kind}: did you mean {nearest[0]}?", field=nearest[0])
    return bad_request(f"Unknown {kind}: known are {', '.join(known)}")


class KnownQuery:
    """A dependency: every query parameter is one that the operation declares, and only lists are repeated.

    Raises BAD_REQUEST_ERROR.
    """

    def __init__(self, dependant: Dependant) -> None:
        self._is_list = {name: get_origin(field.annotation) is list for name, field in _query_of(dependant)}

    async def __call__(self, request: Request) -> None:
        seen = set()
        for name, _ in request.query_params.multi_items():
            if name not in self._is_list:
                raise unknown_name("query parameter", name, self._is_list)
            if name in seen and not self._is_list[name]:
                raise bad_request(f"{name} must be sent once", field=name)
            seen.add(name)


def calls_of(dependant: Dependant) -> Iterator[object]:
    """Every function that ``dependant`` depends on."""
    for each in dependant.dependencies:
        yield each.call
        yield from calls_of(each)


def _query_of(dependant: Dependant) -> Iterator[tuple[str, FieldInfo]]:
    for parameter in dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, field in annotation.model_fields.items():
                yield field.alias or name, field
        else:
            yield parameter.alias, parameter.field_info
    for each in dependant.dependencies:
        yield from _query_of(each)
