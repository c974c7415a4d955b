"""Files and functions stay short."""

from __future__ import annotations

import ast
from pathlib import Path

MAX_FILE_LINES = 300
MAX_TEST_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
CODE_SUFFIXES = {".css", ".js", ".py", ".sh", ".ts", ".tsx"}


def _is_test(path: Path) -> bool:
    return "tests" in path.parts or path.stem.startswith("test_") or ".test." in path.name


def _limit(path: Path) -> int:
    return MAX_TEST_FILE_LINES if _is_test(path) else MAX_FILE_LINES


def test_files_are_short(root: Path, tracked_files: list[Path]) -> None:
    sources = [path for path in tracked_files if path.suffix in CODE_SUFFIXES]
    lengths = {path.relative_to(root): len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert len(lengths) > 20
    assert {path: length for path, length in lengths.items() if length > _limit(path)} == {}


def test_functions_are_short(python_files: dict[Path, ast.Module]) -> None:
    lengths = {
        f"{path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, tree in python_files.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION_LINES} == {}
