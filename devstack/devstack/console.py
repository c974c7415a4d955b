"""What the user sees: progress, and the processes' log lines behind a coloured name."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import IO

COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)  # ANSI foreground codes
NAME_WIDTH = 18
MAX_LOG_BYTES = 10_000_000
MAX_LINE_BYTES = 16_384


class RotatingLog:
    """A log file that is set aside as `<name>.1` once it passes `max_bytes`; the older one goes."""

    def __init__(self, path: Path, max_bytes: int = MAX_LOG_BYTES) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._max_bytes = max_bytes
        self._file = path.open("a", encoding="utf-8")

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> None:
        self._file.write(text)
        if self._file.tell() > self._max_bytes:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            self._file = self._path.open("a", encoding="utf-8")

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class Console:
    """Lines from many threads, whole and one at a time. A terminal that went away is not an error."""

    def __init__(self, out: IO[str] | RotatingLog | None = None) -> None:
        self._out = out or sys.stdout
        self._coloured = self._out.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
        self._lock = threading.Lock()
        self._colour_of: dict[str, int] = {}

    def say(self, text: str) -> None:
        """A line of our own."""
        self._write(f"\x1b[1m{text}\x1b[0m" if self._coloured else text)

    def log(self, name: str, line: str) -> None:
        """A line that the process `name` printed, as it is."""
        prefix = f"{name:<{NAME_WIDTH}} | "
        if self._coloured:
            colour = self._colour_of.setdefault(name, COLOURS[len(self._colour_of) % len(COLOURS)])
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self._write(prefix + line)

    def follow(self, name: str, stream: IO[bytes]) -> threading.Thread:
        """Starts a thread that logs the stream's lines until it ends. Longer lines are cut into several."""
        thread = threading.Thread(target=self._follow, args=(name, stream), name=f"log-{name}", daemon=True)
        thread.start()
        return thread

    def _follow(self, name: str, stream: IO[bytes]) -> None:
        with stream:
            while line := stream.readline(MAX_LINE_BYTES):
                self.log(name, line.decode(errors="replace").rstrip())

    def _write(self, text: str) -> None:
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._out.write(text + "\n")
            self._out.flush()
