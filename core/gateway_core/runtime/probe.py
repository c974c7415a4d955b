"""``python -m gateway_core.runtime.probe``: a container's health check. Exit code 0 if the process beside it is ready.

An image needs no shell and no curl for it. Reads ``METRICS_PORT`` as the process does; loopback only.
"""

from __future__ import annotations

import http.client
import os
import sys
from typing import Final

DEFAULT_PORT: Final = 9100
TIMEOUT_S: Final = 2.0
OK: Final = 200


def is_ready(port: int) -> bool:
    """Whether ``/readyz`` on ``port`` of this machine answers 200 within ``TIMEOUT_S``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(int(os.environ.get("METRICS_PORT") or DEFAULT_PORT)) else 1)
