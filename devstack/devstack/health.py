"""Asks a process over HTTP whether it is well."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

TIMEOUT_S = 2.0


def answers_ok(url: str | None) -> bool:
    """True when GET `url` answers 2xx within TIMEOUT_S. A process without a URL counts as well."""
    if not url:
        return True
    try:
        with _opener.open(url, timeout=TIMEOUT_S) as response:
            status: int = response.status
            return 200 <= status < 300
    except (OSError, urllib.error.URLError, http.client.HTTPException):
        return False


# A proxy named in the environment is not for loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
