"""Reads settings from the environment; an unusable one is reported in one line instead of a traceback."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_settings import BaseSettings, SettingsError

_TRUE_WORDS = frozenset({"true", "1", "yes"})
_FALSE_WORDS = frozenset({"false", "0", "no"})
_PYDANTIC_PREFIX = "Value error, "

Settings = TypeVar("Settings", bound=BaseSettings)


def _boolean(value: object) -> object:
    word = str(value).strip().lower()
    if word in _TRUE_WORDS:
        return True
    if word in _FALSE_WORDS:
        return False
    raise ValueError("must be true or false")


def _true_unless_false(value: object) -> object:
    return str(value).strip().lower() not in _FALSE_WORDS


Boolean = Annotated[bool, BeforeValidator(_boolean)]
"""``true/false/1/0/yes/no`` in upper or lower case; other text is refused."""

TrueUnlessFalse = Annotated[bool, BeforeValidator(_true_unless_false)]
"""True for any text but ``false/0/no`` (contract, Names: ``TEST_PAYMENT_SUCCESS``)."""


def load_settings(cls: type[Settings]) -> Settings:
    """``cls`` from the environment, where an empty variable counts as unset.

    Unusable settings end the process with code 78 (EX_CONFIG of sysexits.h) after one line on stderr that
    names each variable and what is wrong with it, and never shows a value.
    """
    try:
        return cls()
    except ValidationError as error:
        refuse_to_start(_explain(cls, error))
    except SettingsError as error:
        refuse_to_start(str(error))


def refuse_to_start(reason: str, exit_code: int = os.EX_CONFIG) -> NoReturn:
    """Print the reason as one line on stderr and exit, by default with code 78 (EX_CONFIG)."""
    sys.stderr.write(f"refusing to start: {reason}\n")
    raise SystemExit(exit_code)


def _explain(cls: type[BaseModel], error: ValidationError) -> str:
    return "; ".join(
        _explain_one(cls, problem["loc"], problem["type"], problem["msg"])
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _explain_one(cls: type[BaseModel], where: tuple[int | str, ...], kind: str, message: str) -> str:
    message = message.removeprefix(_PYDANTIC_PREFIX)
    if not where:  # A rule about several variables names them itself.
        return message
    variable = _variable(cls, str(where[0]))
    if kind == "missing":
        return f"{variable} is not set"
    return f"{variable}: {message[:1].lower()}{message[1:]}"


def _variable(cls: type[BaseModel], name: str) -> str:
    field = cls.model_fields.get(name)
    alias = field.validation_alias if field else None
    return alias if isinstance(alias, str) else name.upper()
