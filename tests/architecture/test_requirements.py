"""The hashed requirement files, and that nothing committed says where packages were fetched from."""

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
GROUPS = ("installer", "run", "servers", "dev")
LOCK_FILES = {"Pipfile.lock", "pdm.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "yarn.lock"}
PIN = re.compile(r"^([a-z0-9.-]+)(\[[a-z0-9,-]+\])?==[^ ;]+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
FETCHED_FROM = re.compile(
    r'"resolved": *"https?:|^(sdist|wheels) = .*url = |--(extra-)?index-url|--find-links', re.MULTILINE
)


def _names(path: Path) -> set[str]:
    return {
        pin.group(1) for line in path.read_text(encoding="utf-8").splitlines() if (pin := PIN.match(line))
    }


def _dependencies(member: Path, extra: str | None = None) -> set[str]:
    """Normalised names of a member's third-party dependencies, those of an extra included."""
    project = tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    names = {re.split(r"[\[<>=!~; ]", each)[0].lower() for each in wanted}
    return {name for name in names if not name.startswith("gateway-")}


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


@pytest.mark.parametrize("name", [*SERVICES, *GROUPS])
def test_every_line_is_a_pin_or_a_hash(root: Path, name: str) -> None:
    lines = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not (PIN.match(line) or HASH.match(line))] == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gets_what_it_and_core_declare(root: Path, name: str) -> None:
    pinned = _names(root / "requirements" / f"{name}.txt")
    assert _dependencies(root / "core") | _dependencies(root / "services" / name) <= pinned


@pytest.mark.parametrize(
    "member", ["core", "devstack", "examples/merchant", *(f"services/{name}" for name in SERVICES)]
)
def test_every_import_is_declared(root: Path, python_files: dict[Path, ast.Module], member: str) -> None:
    """A package that is only there because another one needs it may go with the next release of that one."""
    trees = (
        tree
        for path, tree in python_files.items()
        if path.is_relative_to(member) and not {"tests", "testing"} & set(path.parts)
    )
    of_core = _dependencies(root / "core") if member.startswith("services") else set()
    assert _undeclared(trees, of_core | _dependencies(root / member)) == set()


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
