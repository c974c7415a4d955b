"""count.py STATUS REPORT...: prints "N passed, N failed, N skipped" from pytest's junit reports.

A STATUS that is not 0 without a failure in them (lint or types failed first) is one failure. Exits 1 when the
count shows a failure or no test at all.
"""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree


def count(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped); an error outside a test counts as failed."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return max(0, total - failed - skipped), failed, skipped


def main(status: int, reports: list[Path]) -> int:
    counts = [count(report) for report in reports if report.is_file()]
    passed, failed, skipped = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0, 0)
    if status != 0 and failed == 0:
        failed = 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), [Path(report) for report in sys.argv[2:]]))
