from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.processes import Processes

pytestmark = pytest.mark.integration

SERVER = """
import http.server, os
print("serving", os.environ.get("WORD"), os.environ.get("DATABASE_URL"))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_a_service_becomes_healthy_and_stops(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "the developer's own")
    (tmp_path / "service.py").write_text(SERVER)
    port = free_port()
    service = processes.start("service", env={"PORT": str(port), "WORD": "hello"})
    await service.healthy(f"http://127.0.0.1:{port}/")
    assert "serving hello None" in service.output
    assert await service.stop() == -signal.SIGTERM


async def test_a_kill_takes_the_children_too(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(
        "import subprocess, time\n"
        "print('child', subprocess.Popen(['sleep', '600']).pid, 'born', flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = processes.start("parent", env={})
    await eventually(lambda: "born" in parent.output)
    child = int(parent.output.split()[1])
    parent.kill()
    assert parent.exit_code == -signal.SIGKILL
    await eventually(lambda: not alive(child))


async def test_one_that_ends_early_shows_its_output(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise SystemExit('no database')")
    service = processes.start("broken", env={})
    with pytest.raises(AssertionError, match=r"broken: ended with code 1; its output:\nno database"):
        await service.healthy("http://127.0.0.1:1/", timeout_s=20)


async def test_one_that_never_gets_healthy_is_given_up(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "idle.py").write_text("import time; time.sleep(600)")
    service = processes.start("idle", env={})
    with pytest.raises(AssertionError, match=r"did not answer 200 within 0\.2 s"):
        await service.healthy("http://127.0.0.1:1/", timeout_s=0.2)


async def test_leaving_the_block_kills_what_still_runs(tmp_path: Path) -> None:
    (tmp_path / "idle.py").write_text("import time; time.sleep(600)")
    with Processes(tmp_path) as started:
        service = started.start("idle", env={})
    assert service.exit_code == -signal.SIGKILL


def test_a_killed_test_process_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "idle.py").write_text("import time; time.sleep(600)")
    tester = (
        "import pathlib, sys, time\n"
        "from gateway_core.testing.processes import Processes\n"
        "print(Processes(pathlib.Path(sys.argv[1])).start('idle', env={}).pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", tester, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        service_pid = int(process.stdout.readline())
        assert alive(service_pid)
        process.kill()
    asyncio.run(eventually(lambda: not alive(service_pid)))
