"""Names on the Redis side, and of this process."""

from __future__ import annotations

import os
import socket
from enum import StrEnum


class Stream(StrEnum):
    """The queues of the public contract, each with a stream of its name that wakes its workers."""

    PAYMENTS = "payment-processing"
    WEBHOOKS = "webhook-delivery"
    REFUNDS = "refund-processing"


def process_name() -> str:
    """Host and pid: unique among live processes."""
    return f"{socket.gethostname()}-{os.getpid()}"
