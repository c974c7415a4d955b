"""``python -m benchmarks.profiles PY_SPY FOLDER [--tree FOLDER] [--seconds S]``: where the time of the hot paths goes.

``PY_SPY`` is the program (`python3 -m venv /tmp/py-spy && /tmp/py-spy/bin/pip install py-spy`); it must be allowed to
trace processes. FOLDER gets two files for each path: all stacks (``.raw``, for a flame graph), and the functions with
the most samples, by themselves and with what they call (``.txt``).
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Final

from benchmarks.gateway import (
    API,
    FAST_BANK,
    SLOW_BANK,
    THIS,
    WORKERS,
    Gateway,
    Tree,
    gateway,
    postgres_server,
)
from benchmarks.load import Result

CLIENTS: Final = 64
SHOWN: Final = 20
"""Functions by themselves; with what they call twice as many, for the first are the server's and the framework's."""
OUTSIDE_PYTHON: Final = "(outside Python)"
MAX_PER_S: Final = 4_000
MARGIN_S: Final = 2.0
"""The load starts before the profiler and ends after it."""
PAID: Final = 1_000


class Profiler:
    """Runs py-spy on processes of ``on`` while they are under load."""

    def __init__(self, on: Gateway, py_spy: str, folder: Path, seconds: int) -> None:
        self._on = on
        self._py_spy = py_spy
        self._folder = folder
        self._seconds = seconds

    async def run(self) -> None:
        """All paths, a file each."""
        load_s, count = self._seconds + MARGIN_S, int(MAX_PER_S * (self._seconds + MARGIN_S))
        on = self._on
        await on.start(FAST_BANK, API, *WORKERS)
        await on.send_webhooks()
        creates = on.create(await on.orders(count), clients=CLIENTS, seconds=load_s)
        await self._profile("dispatcher", "webhook_dispatcher", creates)
        paid = await on.paid(PAID)
        await on.stop()
        await on.send_no_webhooks()
        await on.start(SLOW_BANK, API, *WORKERS)
        await self._profile("api-reads", API, on.read(paid, clients=CLIENTS, seconds=load_s))
        creates = on.create(await on.orders(count), clients=CLIENTS, seconds=load_s)
        await self._profile("api-creates", API, creates)
        refunds = on.refund(paid, count, clients=CLIENTS, seconds=load_s)
        await self._profile("api-refunds", API, refunds)

    async def _profile(self, title: str, process: str, load: Awaitable[Result]) -> None:
        stacks = self._folder / f"{title}.raw"
        loading = asyncio.ensure_future(load)
        await asyncio.sleep(MARGIN_S / 2)
        arguments = ["record", "--pid", str(self._on.running[process].pid), "--duration", str(self._seconds)]
        arguments += ["--function", "--format", "raw", "--output", str(stacks)]
        spy = await asyncio.create_subprocess_exec(
            self._py_spy, *arguments, stdout=asyncio.subprocess.DEVNULL
        )
        if await spy.wait() != 0:
            raise RuntimeError("py-spy failed")
        result = await loading
        await self._on.quiet()
        _write(stacks, f"{process}, while the API gave {result.per_s:,.0f} answers/s")


def _write(stacks: Path, title: str) -> None:
    path = stacks.with_suffix(".txt")
    path.write_text(f"{title}\n{summary(stacks.read_text(encoding='utf-8'))}", encoding="utf-8")
    print(path, flush=True)


def summary(stacks: str) -> str:
    """Two tables of py-spy's raw format, whose lines are ``frame;frame;frame samples``."""
    by_itself: Counter[str] = Counter()
    in_all: Counter[str] = Counter()
    for line in stacks.splitlines():
        frames, _, samples = line.rpartition(" ")
        stack = frames.split(";")
        by_itself[stack[-1] or OUTSIDE_PYTHON] += int(samples)
        in_all.update(dict.fromkeys(stack, int(samples)))
    total = by_itself.total()
    parts = [f"{total} samples"]
    for title, counts, shown in (("by itself", by_itself, SHOWN), ("with what it calls", in_all, 2 * SHOWN)):
        parts += ["", title]
        parts += [f"{count / total:>6.1%}  {frame}" for frame, count in counts.most_common(shown)]
    return "\n".join([*parts, ""])


async def main(tree: Tree, py_spy: str, folder: Path, seconds: int) -> None:
    """Start a gateway of ``tree`` and profile it."""
    with postgres_server() as postgres:
        async with gateway(tree, postgres) as on:
            await Profiler(on, py_spy, folder, seconds).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profiles", description=__doc__)
    parser.add_argument("py_spy")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tree", type=Path, help="another checkout of the repository")
    parser.add_argument("--seconds", type=int, default=10)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    chosen = Tree.at(given.tree) if given.tree else THIS
    asyncio.run(main(chosen, given.py_spy, given.folder, given.seconds))
