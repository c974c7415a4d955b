"""Hints over Redis Streams: where to look in PostgreSQL. Losing all of them costs only latency."""

from __future__ import annotations

from gateway_core.streams.broker import Publisher, StreamUnavailable, is_reachable, open_client
from gateway_core.streams.depth import Depth, read_depth
from gateway_core.streams.handling import Handler
from gateway_core.streams.messages import BadHint, Hint
from gateway_core.streams.names import Stream
from gateway_core.streams.subscribe import Subscription
from gateway_core.streams.tuning import Tuning

__all__ = [
    "BadHint",
    "Depth",
    "Handler",
    "Hint",
    "Publisher",
    "Stream",
    "StreamUnavailable",
    "Subscription",
    "Tuning",
    "is_reachable",
    "open_client",
    "read_depth",
]
