"""Names on the Redis side: streams, their consumer group, this process as a consumer."""

from __future__ import annotations

import os
import socket
from enum import StrEnum


class Stream(StrEnum):
    """The queues of the public contract. One consumer group each: every kind of worker reads one stream."""

    PAYMENTS = "payment-processing"
    WEBHOOKS = "webhook-delivery"
    REFUNDS = "refund-processing"

    @property
    def group(self) -> str:
        """Its only consumer group."""
        return f"{self.value}-workers"

    @property
    def quarantine(self) -> str:
        """The bounded stream that takes entries nobody could decode or handle.

        The braces keep it on the same server of a Redis Cluster, where one connection serves both.
        """
        return f"{{{self.value}}}.quarantine"


def consumer_name() -> str:
    """Host and pid: unique among live processes, and readable in XINFO CONSUMERS."""
    return f"{socket.gethostname()}-{os.getpid()}"
