"""``python -m refund_processor``."""

from __future__ import annotations

from gateway_core.runtime.environment import load_settings
from gateway_core.runtime.settings import AcquirerSettings
from gateway_core.worker.host import run_worker
from refund_processor.app import build

settings = load_settings(AcquirerSettings)
run_worker("refund_processor", settings, lambda resources, stack: [build(settings, resources)])
