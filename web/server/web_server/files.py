"""Built files, read once into memory: a request names one of them or nothing, and nothing is compressed twice."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_FILES = 500
ENCODINGS = {".br": "br", ".gz": "gzip"}
ETAG_CHARS = 32
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


class NotBuilt(Exception):
    """A folder of built files is missing what the server needs; the text says what to do."""


@dataclass(frozen=True)
class BuiltFile:
    """One file: its bytes by content encoding (``identity``, ``gzip``, ``br``) and a strong validator."""

    bodies: Mapping[str, bytes]
    content_type: str
    etag: str

    def choose(self, accept_encoding: str) -> tuple[str, bytes]:
        """The smallest encoding that the client names; ``q=0`` refuses one (RFC 9110, 12.5.3)."""
        accepted = set()
        for part in accept_encoding.lower().split(","):
            name, _, weight = part.partition(";")
            if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
                accepted.add(name.strip())
        for encoding in ("br", "gzip"):
            if encoding in accepted and encoding in self.bodies:
                return encoding, self.bodies[encoding]
        return "identity", self.bodies["identity"]


def read_built(folder: Path, *, needs: str) -> dict[str, BuiltFile]:
    """Path below ``folder`` -> file. Raises NotBuilt unless ``needs`` is among them."""
    if not (folder / needs).is_file():
        raise NotBuilt(f"{folder / needs} is missing: run `npm ci && npm run build` in {folder.parent}")
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in ENCODINGS]
    if len(paths) > MAX_FILES:
        raise NotBuilt(f"{folder} holds more than {MAX_FILES} files")
    return {path.relative_to(folder).as_posix(): _read(path) for path in paths}


def _read(path: Path) -> BuiltFile:
    bodies = {"identity": path.read_bytes()}
    for suffix, encoding in ENCODINGS.items():
        compressed = path.with_name(path.name + suffix)
        if compressed.is_file():
            bodies[encoding] = compressed.read_bytes()
    etag = hashlib.sha256(bodies["identity"]).hexdigest()[:ETAG_CHARS]
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return BuiltFile(bodies, _TYPES.get(path.suffix, guessed), f'"{etag}"')
