"""``python -m worker``."""

from __future__ import annotations

from gateway_core.runtime.environment import load_settings
from gateway_core.worker.host import run_worker
from worker.app import build
from worker.settings import WorkerSettings

settings = load_settings(WorkerSettings)
run_worker("worker", settings, lambda resources, stack: build(settings, resources, stack))
