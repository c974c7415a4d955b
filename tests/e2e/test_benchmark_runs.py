"""`make bench` runs to its end. Its results do not fail this test."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from benchmarks.ratios import ROWS

BENCH_TIMEOUT_S = 240.0
ROOT = Path(__file__).parents[2]


async def test_the_benchmark_prints_every_measure_beside_its_target() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks",
        "--quick",
        "--only",
        "ratios",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(BENCH_TIMEOUT_S):
        printed, _ = await process.communicate()
    assert process.returncode == 0
    lines = printed.decode().splitlines()
    for row in ROWS:
        (at,) = [number for number, line in enumerate(lines) if line.startswith(row.name)]
        mine = lines[at + 1 if row.of == "bare" else at].removeprefix(row.name).split()
        assert mine[0] == "this"
        # What an idle payment costs is a difference: on a busy machine the idle rate may outweigh it.
        assert float(mine[1].replace(",", "")) > 0 or row.name.startswith("idle payment")
        assert row.target() in lines[at] + lines[at + 1]
