""".ci/count.py: the closing line that CI's reader goes by."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from devstack.binaries import REPOSITORY

REPORT = '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="1" skipped="2"/></testsuites>'


def _count(report: Path, make_status: int) -> tuple[int, str]:
    command = [sys.executable, str(REPOSITORY / ".ci" / "count.py"), str(report), str(make_status)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stdout


def test_failures_and_errors_are_failed(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(REPORT.format(tests=10, failures=3))
    assert _count(report, 2) == (1, "4 passed, 4 failed, 2 skipped\n")


def test_all_passed(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(REPORT.format(tests=10, failures=0).replace('errors="1"', 'errors="0"'))
    assert _count(report, 0) == (0, "8 passed, 0 failed, 2 skipped\n")


@pytest.mark.parametrize(("make_status", "failed"), [(2, 1), (0, 0)])
def test_without_a_report_nothing_passed(tmp_path: Path, make_status: int, failed: int) -> None:
    assert _count(tmp_path / "missing.xml", make_status) == (1, f"0 passed, {failed} failed, 0 skipped\n")
