"""devstack/bootstrap.py on a repository of its own: nothing is fetched from a registry."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.binaries import REPOSITORY

BOOTSTRAP = REPOSITORY / "devstack" / "bootstrap.py"
NOTHING_LISTENS = "http://127.0.0.1:9/simple"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "devstack").mkdir()
    shutil.copy(BOOTSTRAP, tmp_path / "devstack")
    (tmp_path / "requirements").mkdir()
    for group, included in (("core", ""), ("run", "-r core.txt\n"), ("dev", "-r run.txt\n")):
        (tmp_path / "requirements" / f"{group}.txt").write_text(
            f"{included}package-of-{group}==1 \\\n    --hash=sha256:{0:064}\n"
        )
    return tmp_path


def _make_current(repository: Path, group: str) -> None:
    """What a finished run leaves behind."""
    stamps = repository / ".venv" / ".devstack"
    (repository / ".venv" / "bin").mkdir(parents=True)
    for program in ("python", "gateway"):
        (repository / ".venv" / "bin" / program).symlink_to(sys.executable)
    stamps.mkdir()
    wanted = b"".join((repository / "requirements" / f"{name}.txt").read_bytes() for name in (group, "core"))
    (stamps / group).write_text(hashlib.sha256(wanted + str(repository).encode()).hexdigest())
    (stamps / "root").write_text(str(repository))


def _bootstrap(repository: Path, *groups: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(repository / "devstack" / "bootstrap.py"), *groups]
    env = os.environ | {"PIP_INDEX_URL": NOTHING_LISTENS, "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_a_current_environment_costs_nothing_and_says_nothing(repository: Path) -> None:
    _make_current(repository, "run")
    done = _bootstrap(repository, "run")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("groups", [(), ("unknown",), ("run", "unknown")])
def test_a_group_without_a_file_is_refused(repository: Path, groups: tuple[str, ...]) -> None:
    done = _bootstrap(repository, *groups)
    assert done.returncode == 2
    assert done.stderr.startswith("usage:")


@pytest.mark.integration
def test_an_unreachable_registry_is_one_line(repository: Path) -> None:
    done = _bootstrap(repository, "run")
    assert done.returncode == 1
    assert done.stderr == (
        "bootstrap: the package registry cannot be reached: check the network, or pip's proxy and index\n"
    )


@pytest.mark.integration
@pytest.mark.parametrize("changed", ["run", "core"])
def test_changed_requirements_are_noticed(repository: Path, changed: str) -> None:
    _make_current(repository, "run")
    with (repository / "requirements" / f"{changed}.txt").open("a") as requirements:
        requirements.write("another==1\n")
    assert _bootstrap(repository, "run").returncode == 1


@pytest.mark.integration
def test_a_moved_environment_is_made_anew(repository: Path, tmp_path: Path) -> None:
    _make_current(repository, "run")
    (repository / ".venv" / ".devstack" / "root").write_text("/somewhere/else")
    (repository / ".venv" / ".devstack" / "run").write_text("of another folder")
    (repository / ".venv" / "stale").touch()
    _bootstrap(repository, "run")
    assert not (repository / ".venv" / "stale").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_environment_of_another_user_is_reported(repository: Path) -> None:
    for closed in (repository, repository / ".venv"):
        closed.mkdir(exist_ok=True)
        closed.chmod(0o500)
        done = _bootstrap(repository, "run")
        closed.chmod(0o700)
        assert done.returncode == 1
        assert f"{closed} belongs to another user" in done.stderr
