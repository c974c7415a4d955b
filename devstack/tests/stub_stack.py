"""stub_stack.py PORT NAME...: the real supervisor with stub services. NAME=crash is one that cannot start."""

from __future__ import annotations

import sys
from pathlib import Path

from devstack.console import Console
from devstack.errors import DevstackError
from devstack.services import Service
from devstack.settings import read_settings
from devstack.supervisor import Supervisor

STUB = str(Path(__file__).with_name("stub_service.py"))


def stub(name: str, port: int) -> Service:
    arguments = ["crash"] if name == "crash" else []
    return Service(
        name=name,
        command=(sys.executable, STUB, *arguments),
        health_url=f"http://127.0.0.1:{port}/",
        ports={"API_PORT": port},
        env={"PORT": str(port)},
    )


def main(first_port: int, names: list[str]) -> int:
    services = [stub(name, first_port + offset) for offset, name in enumerate(names)]
    supervisor = Supervisor(
        read_settings(),
        services,
        console=Console(),
        migrate=(sys.executable, "-c", "print('migrating')"),
        when_healthy=lambda _settings: ["all is well"],
    )
    try:
        return supervisor.run()
    except DevstackError as error:
        print(f"devstack: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
