"""The payment processor's one worker."""

from __future__ import annotations

from gateway_core.acquiring.procedure import BOUNDS, ChargeWork
from gateway_core.acquiring.simulator import Simulator, behaviour_of
from gateway_core.acquiring.sources import PAYMENTS
from gateway_core.runtime.settings import AcquirerSettings
from gateway_core.worker.due_loop import DueLoop
from gateway_core.worker.host import QueueWorker, Resources


def build(settings: AcquirerSettings, resources: Resources) -> QueueWorker:
    """The worker of the ``payment-processing`` queue."""
    acquirer = Simulator(resources.pool, behaviour_of(settings))
    work = ChargeWork(resources.pool, acquirer, PAYMENTS, resources.relay.wake)
    return QueueWorker(PAYMENTS.queue, DueLoop(PAYMENTS.queue, work, BOUNDS))
