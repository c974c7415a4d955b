"""The environment of the tests and of what they start: made from nothing, so that no setting of a developer counts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

KEPT: Final = frozenset(
    {
        "CHROMIUM",
        "CI",
        "COLUMNS",
        "DEVSTACK_SERVERS",
        "HELM",
        "HOME",
        "LANG",
        "LOGNAME",
        "NO_COLOR",
        "PATH",
        "SHELL",
        "SSL_CERT_FILE",
        "TERM",
        "TMPDIR",
        "USER",
        "VIRTUAL_ENV",
    }
)
"""Where programs and folders are, and how to write to the terminal."""
KEPT_PREFIXES: Final = ("COVERAGE", "DOCKER_", "HYPOTHESIS_", "LC_", "NPM_", "PIP_", "PY", "UV_", "XDG_")
"""Of tools, in upper or lower case; none of them is a setting of the gateway."""


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of ``environment`` that tests may depend on."""
    return {name: value for name, value in environment.items() if _is_kept(name)}


def forget_settings() -> None:
    """Remove every other variable from this process's environment, and so from that of its children."""
    kept = without_settings(os.environ)
    os.environ.clear()
    os.environ.update(kept)


def _is_kept(name: str) -> bool:
    upper = name.upper()
    return (
        name in KEPT or upper.startswith(KEPT_PREFIXES) or upper in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    )
