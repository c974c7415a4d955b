from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway_core.runtime.lifecycle import run_until_stopped
from gateway_core.testing.factories import eventually
from gateway_core.testing.processes import Processes, ServiceProcess

pytestmark = pytest.mark.integration

PROGRAM = """
import asyncio, time
from gateway_core.runtime import lifecycle
from gateway_core.runtime.supervised import Supervised
{setup}
async def main(stopping):
    print("started", type(asyncio.get_running_loop()).__module__, flush=True)
{body}
lifecycle.HARD_EXIT_EXTRA_S = 0.5
lifecycle.run(main, grace_s={grace_s})
"""


async def started(
    processes: Processes, folder: Path, body: str, *, grace_s: float = 5.0, setup: str = ""
) -> ServiceProcess:
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    (folder / "program.py").write_text(PROGRAM.format(setup=setup, body=indented, grace_s=grace_s))
    process = processes.start("program", env={})
    await eventually(lambda: "started" in process.output or process.exit_code is not None, timeout_s=30)
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_the_work_end_and_exits_0(
    processes: Processes, tmp_path: Path, number: signal.Signals
) -> None:
    process = await started(processes, tmp_path, "await stopping.wait()\nprint('flushed')")
    assert "started uvloop" in process.output
    process.signal(number)
    assert await process.wait() == 0
    assert "flushed" in process.output


async def test_work_that_overstays_the_grace_is_cancelled(processes: Processes, tmp_path: Path) -> None:
    body = "try:\n    await asyncio.Event().wait()\nfinally:\n    print('cancelled')"
    process = await started(processes, tmp_path, body, grace_s=0.2)
    assert await process.stop() == 1
    assert "cancelled" in process.output
    assert "not stopped within 0.2 s" in process.output


async def test_a_second_signal_exits_at_once(processes: Processes, tmp_path: Path) -> None:
    process = await started(
        processes, tmp_path, "await stopping.wait()\nprint('stopping')\nawait asyncio.sleep(60)", grace_s=60
    )
    process.signal(signal.SIGTERM)
    await eventually(lambda: "stopping" in process.output)
    process.signal(signal.SIGTERM)
    assert await process.wait() == 128 + signal.SIGTERM


async def test_work_that_swallows_cancellation_does_not_hold_the_process(
    processes: Processes, tmp_path: Path
) -> None:
    body = (
        "while True:\n"
        "    try:\n"
        "        await asyncio.sleep(60)\n"
        "    except asyncio.CancelledError:\n"
        "        pass"
    )
    process = await started(processes, tmp_path, body, grace_s=0.1)
    assert await process.stop() == 1


async def test_an_event_loop_blocked_while_stopping_does_not_hold_the_process(
    processes: Processes, tmp_path: Path
) -> None:
    process = await started(processes, tmp_path, "await stopping.wait()\ntime.sleep(600)", grace_s=0.1)
    assert await process.stop() == 1


async def test_a_blocked_pool_thread_does_not_hold_a_process_that_failed(
    processes: Processes, tmp_path: Path
) -> None:
    body = (
        "asyncio.ensure_future(asyncio.to_thread(time.sleep, 600))\n"
        "await asyncio.sleep(0.1)\n"
        "raise ValueError('no database')"
    )
    process = await started(processes, tmp_path, body)
    assert await process.wait() == 1
    assert "no database" in process.output


async def test_a_background_task_that_dies_ends_the_process(processes: Processes, tmp_path: Path) -> None:
    setup = "async def dies():\n    raise ValueError('connection lost')"
    body = (
        "async with Supervised(stopping) as tasks:\n"
        "    tasks.spawn('relay', dies())\n"
        "    await tasks.until_stopped()"
    )
    process = await started(processes, tmp_path, body, setup=setup)
    assert await process.wait() == 1
    assert "'relay' ended unexpectedly" in process.output
    assert "connection lost" in process.output


async def test_an_exit_code_chosen_inside_is_kept(processes: Processes, tmp_path: Path) -> None:
    process = await started(processes, tmp_path, "raise SystemExit(78)")
    assert await process.wait() == 78


async def test_a_failure_in_the_main_work_is_1() -> None:
    async def fails(stopping: asyncio.Event) -> None:
        raise ValueError("no database")

    assert await run_until_stopped(fails) == 1


async def test_a_cancellation_from_within_is_no_success() -> None:
    async def cancels(stopping: asyncio.Event) -> None:
        raise asyncio.CancelledError

    assert await run_until_stopped(cancels) == 1


async def test_work_that_returns_is_0_without_waiting() -> None:
    async def returns(stopping: asyncio.Event) -> None:
        await asyncio.sleep(0)

    started_s = time.monotonic()
    assert await run_until_stopped(returns) == 0
    assert time.monotonic() - started_s < 1


async def test_cycles_are_still_collected_but_what_was_loaded_is_left_alone(
    processes: Processes, tmp_path: Path
) -> None:
    body = (
        "import gc\n"
        "print('frozen', gc.get_freeze_count() > 10_000)\n"
        "before = gc.get_stats()[0]['collected']\n"
        "for _ in range(100_000):\n"
        "    cycle = []\n"
        "    cycle.append(cycle)\n"
        "print('collected', gc.get_stats()[0]['collected'] - before > 50_000)"
    )
    process = await started(processes, tmp_path, body)
    assert await process.wait() == 0
    assert "frozen True" in process.output
    assert "collected True" in process.output


NAMESPACE = ("unshare", "--user", "--map-root-user", "--fork", "--pid")
STOPPED_WHILE_STARTING = """
import os, signal
import gateway_core
print("process", os.getpid(), flush=True)
os.kill(os.getpid(), signal.SIGTERM)
print("went on")
"""


def test_a_container_that_is_stopped_while_it_starts_ends_at_once() -> None:
    """A namespace's first process ignores signals that it does not handle, so Python's default would not do."""
    try:
        subprocess.run([*NAMESPACE, "true"], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no namespace of processes can be made here: {error}")
    command = [*NAMESPACE, sys.executable, "-c", STOPPED_WHILE_STARTING]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.returncode) == ("process 1\n", 128 + signal.SIGTERM)
