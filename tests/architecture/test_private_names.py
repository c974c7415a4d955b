"""Nothing private of a library is used: no module or name, and no attribute that its classes keep for themselves.

ADR 0013 defends the exceptions one by one.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Final

LIBRARIES: Final = (
    "aiohttp",
    "fastapi",
    "faststream",
    "psycopg",
    "psycopg_pool",
    "redis",
    "sqlalchemy",
    "starlette",
    "uvicorn",
)
UNDOCUMENTED: Final = (
    "aiohttp.client_proto",
    "aiohttp.client_reqrep",
    "aiohttp.http_exceptions",
    "aiohttp.http_parser",
    "faststream.redis.message.DATA_KEY",
    "faststream.redis.parser",
    "faststream.redis.subscriber",
    "uvicorn.protocols",
    "uvicorn.server",
)
"""Modules and names that the libraries' references do not mention, though no underscore says so."""
PUBLIC_UNDERSCORES: Final = {"os._exit", "_replace"}
ALLOWED: Final = {("core/gateway_core/runtime/http_protocol.py", "uvicorn.protocols.http.httptools_impl")}
"""File and name; ADR 0013 says what is lost without each, and which test fails when it changes."""


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _private_imports(tree: ast.Module) -> Iterator[str]:
    for module, name in _imports(tree):
        if module.split(".")[0] not in LIBRARIES:
            continue
        full_name = f"{module}.{name}" if name else module
        if any(map(_is_private, full_name.split("."))):
            yield full_name
        for listed in UNDOCUMENTED:
            if f"{full_name}.".startswith(f"{listed}."):
                yield full_name if listed == full_name else module


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def _private_attributes(tree: ast.Module) -> Iterator[str]:
    """``other._name``, which no code of ours has in itself."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not _is_private(node.attr):
            continue
        text = ast.unparse(node)
        if ast.unparse(node.value) not in ("self", "cls") and not PUBLIC_UNDERSCORES & {text, node.attr}:
            yield text


def _names_of_library_bases(path: Path, tree: ast.Module) -> Iterator[str]:
    """``self._name`` and methods of a class of ours, where a base class from a library has the same name."""
    classes = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and _imported_bases(node) & _imported_names(tree)
    ]
    for node in classes:
        taken = _private_names(getattr(importlib.import_module(_module(path)), node.name))
        yield from sorted(_own_names(node) & taken)


def _imported_bases(node: ast.ClassDef) -> set[str]:
    return {name.id for base in node.bases for name in ast.walk(base) if isinstance(name, ast.Name)}


def _imported_names(tree: ast.Module) -> set[str]:
    return {name or module for module, name in _imports(tree) if module.split(".")[0] in LIBRARIES}


def _private_names(cls: type) -> set[str]:
    """What the classes of libraries among the bases of ``cls`` keep for themselves."""
    bases = [base for base in inspect.getmro(cls) if base.__module__.split(".")[0] in LIBRARIES]
    attributes = {name for base in bases for name in vars(base)}
    functions = [each for base in bases for each in vars(base).values() if isinstance(each, FunctionType)]
    used = {name for function in functions for name in function.__code__.co_names}
    return {name for name in attributes | used if _is_private(name)}


def _own_names(node: ast.ClassDef) -> set[str]:
    attributes = {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "self"
    }
    methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name for name in attributes | methods if _is_private(name)}


def _module(path: Path) -> str:
    """The importable name of a product file: its path from the first folder that is a package."""
    package = path.parent
    while (package.parent / "__init__.py").exists():
        package = package.parent
    return ".".join(path.relative_to(package.parent).with_suffix("").parts)


def test_nothing_private_of_a_library_is_used(python_files: dict[Path, ast.Module], root: Path) -> None:
    product = {
        path: tree
        for path, tree in python_files.items()
        if not {"tests", "benchmarks"} & set(path.parts) and path.name != "conftest.py"
    }
    assert len(product) > 100
    used = {
        (str(path), name)
        for path, tree in product.items()
        for name in (
            *_private_imports(tree),
            *_private_attributes(tree),
            *_names_of_library_bases(root / path, tree),
        )
    }
    assert used == ALLOWED


def test_every_exception_is_defended(root: Path) -> None:
    text = (root / "docs" / "adr" / "0013-private-names.md").read_text(encoding="utf-8")
    rows = {tuple(re.findall(r"`([^`]+)`", line)[:2]) for line in text.splitlines() if line.startswith("| `")}
    assert rows == ALLOWED
