"""The refund processor's one worker."""

from __future__ import annotations

from gateway_core.acquiring.procedure import BOUNDS, ChargeWork
from gateway_core.acquiring.simulator import Simulator, behaviour_of
from gateway_core.acquiring.sources import REFUNDS
from gateway_core.runtime.settings import AcquirerSettings
from gateway_core.worker.due_loop import DueLoop
from gateway_core.worker.host import QueueWorker, Resources


def build(settings: AcquirerSettings, resources: Resources) -> QueueWorker:
    """The worker of the ``refund-processing`` queue."""
    acquirer = Simulator(resources.pool, behaviour_of(settings))
    work = ChargeWork(resources.pool, acquirer, REFUNDS, resources.relay.wake)
    return QueueWorker(REFUNDS.queue, DueLoop(REFUNDS.queue, work, BOUNDS))
