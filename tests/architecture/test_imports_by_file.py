"""Import rules that import-linter cannot check: some files may import only a part of the standard library."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

IMPURE = {
    "asyncio", "concurrent", "contextvars", "http", "logging", "multiprocessing", "os", "pathlib", "queue", "random",
    "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time",
}  # fmt: skip
CLOCK_READERS = {"now", "today", "utcnow", "uuid1", "uuid4"}
BOOTSTRAP_PYTHON = (3, 8)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _below(python_files: dict[Path, ast.Module], folder: str) -> dict[Path, ast.Module]:
    found = {path: tree for path, tree in python_files.items() if path.is_relative_to(folder)}
    assert found, folder
    return found


def _foreign(tree: ast.Module, *own: str) -> set[str]:
    """Imported names that are neither of the standard library nor below one of the packages `own`."""
    names = {
        name
        for name in _imported(tree)
        if not any(name == ours or name.startswith(f"{ours}.") for ours in own)
    }
    return {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}


def test_domain_imports_only_pure_parts_of_the_standard_library(python_files: dict[Path, ast.Module]) -> None:
    for path, tree in _below(python_files, "core/gateway_core/domain").items():
        impure = {name for name in _imported(tree) if name.split(".")[0] in IMPURE}
        assert (path, _foreign(tree, "gateway_core.domain"), impure) == (path, set(), set())


def test_domain_reads_no_clock_and_draws_no_ids(python_files: dict[Path, ast.Module]) -> None:
    for path, tree in _below(python_files, "core/gateway_core/domain").items():
        calls = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert (path, calls & CLOCK_READERS) == (path, set())


def test_a_process_imports_the_shared_library_first(python_files: dict[Path, ast.Module]) -> None:
    """It handles a SIGTERM that comes while the rest is imported, which takes a second and more."""
    mains = [path for path in python_files if path.match("services/*/*/__main__.py")]
    mains += [path for path in python_files if path.match("web/server/*/__main__.py")]
    assert len(mains) >= 6
    for main in mains:
        trees = (python_files[main.with_name("__init__.py")], python_files[main])
        packages = [name.split(".")[0] for tree in trees for name in _imported(tree)]
        first = next(name for name in packages if name not in sys.stdlib_module_names)
        assert (main, first) == (main, "gateway_core")


def test_devstack_needs_only_the_standard_library(python_files: dict[Path, ast.Module]) -> None:
    sources = _below(python_files, "devstack/devstack") | _below(python_files, "devstack/bootstrap.py")
    for path, tree in sources.items():
        assert (path, _foreign(tree, "devstack")) == (path, set())


def test_bootstrap_is_understood_by_an_old_python(root: Path) -> None:
    source = (root / "devstack" / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=BOOTSTRAP_PYTHON)


def test_import_rules_cover_every_package(root: Path) -> None:
    configuration = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    members = [
        folder for pattern in configuration["uv"]["workspace"]["members"] for folder in root.glob(pattern)
    ]
    wheels = [
        tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
        for folder in members
    ]
    packages = sorted(name for hatch in wheels for name in hatch["build"]["targets"]["wheel"]["packages"])
    assert packages == sorted(configuration["importlinter"]["root_packages"])
    assert packages == sorted(configuration["mypy"]["packages"])
