"""Settings of the combined worker: those of the three services, and which queue it serves."""

from __future__ import annotations

from gateway_core.runtime.settings import AcquirerSettings, QueueSettings
from webhook_dispatcher.settings import DispatcherSettings


class WorkerSettings(AcquirerSettings, DispatcherSettings, QueueSettings):
    """Every variable that any of them reads, ``QUEUE_TYPE`` included."""
