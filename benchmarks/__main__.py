"""``python -m benchmarks [--quick] [--only MEASURE] [--tree FOLDER]``: measures this machine against the targets."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.dashboard import dashboard
from benchmarks.delays import delays
from benchmarks.gateway import THIS, Tree, postgres_server
from benchmarks.ratios import ratios

MEASURES = ("ratios", "delays", "dashboard")


async def main(chosen: Sequence[str], trees: Sequence[Tree], *, quick: bool) -> None:
    """Take the measurements and print each one."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start", flush=True)
    with postgres_server() as postgres:
        if "ratios" in chosen:
            await ratios(postgres, trees, quick=quick)
        if "delays" in chosen:
            await delays(postgres, payments=1_500 if quick else 12_000)
        if "dashboard" in chosen:
            await dashboard(postgres, repeats=3 if quick else 20)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=MEASURES, help="take this one; may be repeated")
    parser.add_argument("--quick", action="store_true", help="some seconds each: to see that it works")
    parser.add_argument(
        "--tree",
        type=Path,
        help="another checkout of the repository, to measure beside this one (ratios only)",
    )
    arguments = parser.parse_args()
    others = [Tree.at(arguments.tree)] if arguments.tree else []
    asyncio.run(main(arguments.only or MEASURES, [THIS, *others], quick=arguments.quick))
