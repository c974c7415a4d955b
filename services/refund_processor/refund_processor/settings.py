"""Settings of the refund processor."""

from __future__ import annotations

from gateway_core.runtime.settings import AcquirerSettings


class RefundProcessorSettings(AcquirerSettings):
    """The acquirer's behaviour is all that this service can be told."""
