"""``python -m benchmarks [--quick] [--only MEASURE]``: what this machine does, against the targets."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

from benchmarks.dashboard import dashboard
from benchmarks.machine import Servers, servers
from benchmarks.measures import CLIENTS, Measure, create, end_to_end, end_to_end_with_delays

CREATE_TARGET_PER_S = 700.0
END_TO_END_TARGET_PER_S = 200.0
NAME_WIDTH = 38
MEASURES = ("create", "end-to-end", "delays", "dashboard")

Run = Callable[[Servers], Awaitable[Measure | str]]


def plan(chosen: Sequence[str], *, quick: bool) -> list[Run]:
    """The measures to take, in order."""
    seconds, payments, delayed = (2.0, 300, 1_500) if quick else (10.0, 6_000, 12_000)
    runs: dict[str, list[Run]] = {
        "create": [
            lambda on: create(on, clients=1, seconds=seconds, target_per_s=None),
            lambda on: create(on, clients=CLIENTS, seconds=seconds, target_per_s=CREATE_TARGET_PER_S),
        ],
        "end-to-end": [lambda on: end_to_end(on, payments=payments, target_per_s=END_TO_END_TARGET_PER_S)],
        "delays": [
            lambda on: end_to_end_with_delays(on, payments=delayed, target_per_s=END_TO_END_TARGET_PER_S)
        ],
        "dashboard": [lambda on: dashboard(on, repeats=3 if quick else 20)],
    }
    return [run for name in MEASURES if name in chosen for run in runs[name]]


def entry(measure: Measure) -> str:
    """What was measured, its target, their ratio; below it where the CPU time of a payment went."""
    target = f"{measure.target_per_s:>8.0f}" if measure.target_per_s else f"{'–':>8}"
    ratio = f"{measure.per_s / measure.target_per_s:>7.2f}" if measure.target_per_s else f"{'–':>7}"
    by_use = sorted(measure.cpu_ms.items(), key=lambda use: -use[1])
    cpu = ", ".join(f"{name} {ms:.2f}" for name, ms in by_use)
    return (
        f"{measure.name:<{NAME_WIDTH}}{measure.per_s:>9.1f}{target}{ratio}   {measure.details}\n"
        f"      CPU ms per payment: {cpu}; other programs took {measure.others:.0%} of the machine"
    )


async def main(chosen: Sequence[str], *, quick: bool) -> None:
    """Take the measures and print each as soon as it is there."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start", flush=True)
    print(f"{'':<{NAME_WIDTH}}{'measured':>9}{'target':>8}{'ratio':>7}", flush=True)
    with servers() as common:
        for run in plan(chosen, quick=quick):
            taken = await run(common)
            print(entry(taken) if isinstance(taken, Measure) else taken, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=MEASURES, help="take this one; may be repeated")
    parser.add_argument("--quick", action="store_true", help="some seconds each: to see that it works")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.only or MEASURES, quick=arguments.quick))
