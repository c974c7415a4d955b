"""The requirement files have hashes, and no committed file contains a registry's address."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

SERVICES = ("api", "payment_processor", "refund_processor", "webhook_dispatcher", "worker")
MEMBERS = {
    **{f"services/{name}": name for name in SERVICES},
    "cli": "api",
    "core": "backend",
    "examples/merchant": "example_merchant",
    "web/server": "web",
}
"""Folder of a member -> its list."""
MAX_WEB_PACKAGES, MAX_MERCHANT_PACKAGES = 20, 10
MAX_REPEATED_LINES = 100
CORE = Path(__file__).parents[2] / "core"
LISTS = sorted((CORE.parent / "requirements").glob("*.txt"))
LOCK_FILES = {"Pipfile.lock", "pdm.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "yarn.lock"}
PIN = re.compile(r"^([a-z0-9.-]+)(\[[a-z0-9,-]+\])?==[^ ;]+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
FETCHED_FROM = re.compile(
    r'"resolved": *"https?:|^(sdist|wheels) = .*url = |--(extra-)?index-url|--find-links', re.MULTILINE
)
INCLUDE = re.compile(r"^-r ([a-z_]+\.txt)$")


def _lines(path: Path) -> list[str]:
    """Of a list and of those that it includes."""
    own = path.read_text(encoding="utf-8").splitlines()
    included = [name.group(1) for line in own if (name := INCLUDE.match(line))]
    return [*own, *(line for name in included for line in _lines(path.parent / name))]


def _names(path: Path) -> set[str]:
    return {pin.group(1) for line in _lines(path) if (pin := PIN.match(line))}


def _dependencies(member: Path, *extras: str) -> set[str]:
    """Normalised names of a member's third-party dependencies, those of its and of core's extras included."""
    project = tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for name in extras for each in project["optional-dependencies"][name]),
    ]
    found = {re.split(r"[\[<>=!~; ]", each)[0].lower() for each in wanted}
    for each in wanted:
        if each.startswith("gateway-core"):
            found |= _dependencies(CORE, *re.findall(r"[a-z]+", each.removeprefix("gateway-core")))
    return {name for name in found if not name.startswith("gateway-")}


def _undeclared(sources: Iterator[ast.Module], declared: set[str]) -> set[str]:
    """Imported modules that none of the declared distributions provides."""
    nodes = [node for tree in sources for node in ast.walk(tree)]
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    found = packages_distributions()
    providers = {module: found.get(module.split(".")[0], []) for module in modules}
    return {
        module
        for module, names in providers.items()
        if names and not {name.lower().replace("_", "-") for name in names} & declared
    }


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_line_is_a_pin_a_hash_or_another_list(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not (PIN.match(line) or HASH.match(line) or INCLUDE.match(line))] == []


def test_hardly_a_package_stands_twice() -> None:
    """Lists include one another; a package in two of them that neither includes stands in both."""
    lines = [line for path in LISTS for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) - len(set(lines)) < MAX_REPEATED_LINES


@pytest.mark.parametrize(("member", "name"), MEMBERS.items())
def test_an_image_gets_what_its_member_declares(root: Path, member: str, name: str) -> None:
    extras = ("backend",) if member == "core" else ()
    assert _dependencies(root / member, *extras) <= _names(root / "requirements" / f"{name}.txt")


def test_the_pages_images_install_what_they_serve_with(root: Path) -> None:
    for name, most in (("web", MAX_WEB_PACKAGES), ("example_merchant", MAX_MERCHANT_PACKAGES)):
        pinned = _names(root / "requirements" / f"{name}.txt")
        assert pinned & {"alembic", "faststream", "psycopg", "redis", "sqlalchemy"} == set()
        assert len(pinned) <= most


def test_only_the_image_that_migrates_has_the_tools_for_it() -> None:
    assert [path.stem for path in LISTS if {"alembic", "sqlalchemy"} & _names(path)] == ["api", "dev", "run"]


@pytest.mark.parametrize("member", [*MEMBERS, "devstack"])
def test_every_import_is_declared(root: Path, python_files: dict[Path, ast.Module], member: str) -> None:
    """A package that is only there because another one needs it may go with the next release of that one."""
    trees = (
        tree
        for path, tree in python_files.items()
        if path.is_relative_to(member) and not {"tests", "testing"} & set(path.parts)
    )
    extras = ("backend", "migrations", "passwords") if member == "core" else ()
    assert _undeclared(trees, _dependencies(root / member, *extras)) == set()


def test_the_testing_extra_declares_what_it_imports(root: Path, python_files: dict[Path, ast.Module]) -> None:
    trees = (tree for path, tree in python_files.items() if path.is_relative_to("core/gateway_core/testing"))
    assert _undeclared(trees, _dependencies(root / "core", "testing")) == set()


def test_services_carry_no_test_tools(root: Path) -> None:
    for name in (*SERVICES, "run"):
        assert not _names(root / "requirements" / f"{name}.txt") & {
            "hypothesis",
            "mypy",
            "pytest",
            "ruff",
            "uv",
        }


def test_no_lock_file_is_committed(tracked_files: list[Path]) -> None:
    assert [path for path in tracked_files if path.name in LOCK_FILES] == []


def test_no_file_says_where_packages_were_fetched(root: Path, tracked_files: list[Path]) -> None:
    """The registries' hosts are asked from pip itself, so that none is named here."""
    program = "from pip._internal.models.index import PyPI; print(PyPI.netloc, PyPI.file_storage_domain)"
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    hosts = re.compile("|".join(re.escape(host) for host in asked.stdout.split()))
    texts = {path.relative_to(root): path.read_bytes().decode(errors="ignore") for path in tracked_files}
    assert [path for path, text in texts.items() if hosts.search(text)] == []
    data = {path: text for path, text in texts.items() if path.suffix != ".py"}  # this file has the pattern
    assert [path for path, text in data.items() if FETCHED_FROM.search(text)] == []
