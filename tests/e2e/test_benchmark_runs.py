"""`make bench` runs through. What it measures decides nothing here."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

BENCH_TIMEOUT_S = 120.0
ROOT = Path(__file__).parents[2]


async def test_the_benchmark_prints_measure_target_and_ratio() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks",
        "--quick",
        "--only",
        "end-to-end",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(BENCH_TIMEOUT_S):
        printed, _ = await process.communicate()
    assert process.returncode == 0
    [measured] = [line for line in printed.decode().splitlines() if line.startswith("end to end")]
    per_s, target, ratio = map(float, measured.removeprefix("end to end payments/s").split()[:3])
    assert per_s > 0
    assert target == 200
    assert ratio > 0
    assert "300 payments, 3 webhooks each" in measured
