"""Resolves the newest packages and writes requirements/*.txt with their hashes: `make lock`.

A list that holds all of another one says `-r` instead of repeating it.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = str(ROOT / ".venv" / "bin" / "uv")
FOLDER = ROOT / "requirements"
LISTS = {
    "core": ("--package", "gateway-core"),
    "backend": ("--package", "gateway-core", "--extra", "backend"),
    "aiohttp": ("--only-group", "aiohttp"),
    "web": ("--package", "gateway-web"),
    "api": ("--package", "gateway-api"),
    "payment_processor": ("--package", "gateway-payment-processor"),
    "refund_processor": ("--package", "gateway-refund-processor"),
    "webhook_dispatcher": ("--package", "gateway-webhook-dispatcher"),
    "worker": ("--package", "gateway-worker"),
    "example_merchant": ("--package", "gateway-example-merchant"),
    "installer": ("--only-group", "installer"),
    "node": ("--only-group", "node"),
    "servers": ("--only-group", "servers"),
    "run": ("--only-group", "run"),
    "dev": ("--only-group", "dev"),
}
"""Name of the file -> what uv exports to it. A list includes only lists above it."""
SHARED = ("core", "backend", "aiohttp", "installer", "web", "api", "worker", "run")
"""Those that others include."""

Pins = dict[str, str]
"""``name==version`` -> its lines."""


def main() -> None:
    subprocess.run([UV, "lock", "--upgrade"], cwd=ROOT, check=True)
    pins = {name: export(*arguments) for name, arguments in LISTS.items()}
    for name in LISTS:
        (FOLDER / f"{name}.txt").write_text(text(name, pins), encoding="ascii")
    print(f"wrote {len(LISTS)} files in requirements/")


def export(*arguments: str) -> Pins:
    """What uv installs for ``arguments``, in its order."""
    options = ("--quiet", "--frozen", "--format", "requirements.txt", "--no-emit-workspace", "--no-header")
    command = [UV, "export", *options, "--no-annotate", *arguments]
    exported = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    entries = re.split(r"^(?=\S)", without_environment(exported), flags=re.MULTILINE)
    return {entry.split()[0]: entry for entry in entries if entry}


def without_environment(exported: str) -> str:
    """``exported`` without the marker that is true wherever the gateway runs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (everywhere,) = project["tool"]["uv"]["environments"]
    return exported.replace(f" and {everywhere}", "").replace(f" ; {everywhere}", "")


def text(name: str, pins: dict[str, Pins]) -> str:
    """The file of the list ``name``: the lists it includes, then what none of them has."""
    earlier = list(LISTS)[: list(LISTS).index(name)]
    within = [other for other in earlier if other in SHARED and pins[other].keys() <= pins[name].keys()]
    includes = [
        each for each in within if not any(pins[each].keys() < pins[other].keys() for other in within)
    ]
    included = {pin for other in includes for pin in pins[other]}
    own = [entry for pin, entry in pins[name].items() if pin not in included]
    return "".join([*(f"-r {other}.txt\n" for other in includes), *own])


if __name__ == "__main__":
    main()
