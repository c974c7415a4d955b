""".ci/count.py: the closing line that CI's reader goes by."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from devstack.binaries import REPOSITORY

REPORT = '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="1" skipped="2"/></testsuites>'


def _count(make_status: int, *reports: Path) -> tuple[int, str]:
    command = [sys.executable, str(REPOSITORY / ".ci" / "count.py"), str(make_status), *map(str, reports)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stdout


def test_failures_and_errors_are_failed(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(REPORT.format(tests=10, failures=3))
    assert _count(2, report) == (1, "4 passed, 4 failed, 2 skipped\n")


def test_all_passed(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(REPORT.format(tests=10, failures=0).replace('errors="1"', 'errors="0"'))
    assert _count(0, report) == (0, "8 passed, 0 failed, 2 skipped\n")


def test_reports_add_up_and_a_missing_one_is_nothing(tmp_path: Path) -> None:
    reports = [tmp_path / "one.xml", tmp_path / "missing.xml", tmp_path / "two.xml"]
    reports[0].write_text(REPORT.format(tests=10, failures=0))
    reports[2].write_text(REPORT.format(tests=6, failures=1))
    assert _count(2, *reports) == (1, "9 passed, 3 failed, 4 skipped\n")


@pytest.mark.parametrize(("make_status", "failed"), [(2, 1), (0, 0)])
def test_without_a_report_nothing_passed(tmp_path: Path, make_status: int, failed: int) -> None:
    assert _count(make_status, tmp_path / "missing.xml") == (1, f"0 passed, {failed} failed, 0 skipped\n")
