"""``python -m webhook_dispatcher``."""

from __future__ import annotations

from gateway_core.runtime.environment import load_settings
from gateway_core.worker.host import run_worker
from webhook_dispatcher.app import build
from webhook_dispatcher.settings import DispatcherSettings

settings = load_settings(DispatcherSettings)
run_worker("webhook_dispatcher", settings, lambda resources, stack: [build(settings, resources, stack)])
