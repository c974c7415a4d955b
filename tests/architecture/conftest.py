"""The repository's own files, as git would commit them."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "build", "dist", "node_modules", "schema.d.ts", "var"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked_files() -> list[Path]:
    """Absolute paths, untracked but not ignored files included. In an unpacked archive: everything but builds."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


@pytest.fixture(scope="session")
def python_files(tracked_files: list[Path]) -> dict[Path, ast.Module]:
    """Path below the root -> its syntax tree."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in tracked_files
        if path.suffix == ".py"
    }
