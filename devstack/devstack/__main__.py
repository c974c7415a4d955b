"""python -m devstack COMMAND: what the Makefile's run, stop, status, clean, psql and migrate call."""

from __future__ import annotations

import argparse
import sys

from devstack import commands
from devstack.errors import DevstackError
from devstack.settings import read_settings


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="devstack", description="The whole gateway on this machine.")
    subcommands = parser.add_subparsers(dest="command", required=True)
    run = subcommands.add_parser("run", help="start everything and stay until Ctrl-C")
    run.add_argument("--detach", action="store_true", help="return once everything is healthy")
    run.add_argument("--in-background", action="store_true", help=argparse.SUPPRESS)
    subcommands.add_parser("stop", help="stop what runs")
    subcommands.add_parser("status", help="processes, pids, ports, health; exit code 0 when all is well")
    subcommands.add_parser("clean", help="stop, and remove all data")
    execute = subcommands.add_parser(
        "exec", help="a command with the running gateway's DATABASE_URL and REDIS_URL"
    )
    execute.add_argument("words", nargs=argparse.REMAINDER)
    gateway = subcommands.add_parser(
        "gateway", help="the operator's command on the running gateway", add_help=False, prefix_chars="\0"
    )
    gateway.add_argument("words", nargs="*")
    chosen = parser.parse_args(arguments)
    try:
        return _call(chosen)
    except (DevstackError, OSError) as error:  # a full disk, a closed folder: as clear without a traceback
        print(f"devstack: {error}", file=sys.stderr)
        return 1


def _call(chosen: argparse.Namespace) -> int:
    settings = read_settings()
    if chosen.command == "run" and chosen.detach:
        return commands.run_detached(settings)
    if chosen.command == "run":
        return commands.run(settings, in_background=chosen.in_background)
    if chosen.command == "exec":
        return commands.execute(settings, chosen.words)
    if chosen.command == "gateway":
        return commands.operate(settings, chosen.words)
    simple = {"stop": commands.stop, "status": commands.status, "clean": commands.clean}
    return simple[chosen.command](settings)


if __name__ == "__main__":
    sys.exit(main())
