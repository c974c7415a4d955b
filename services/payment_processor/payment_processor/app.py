"""The payment processor's one worker."""

from __future__ import annotations

from gateway_core.acquirer.processing import ChargeWork
from gateway_core.acquirer.simulator import Simulator, behaviour_of
from gateway_core.runtime.settings import AcquirerSettings
from gateway_core.streams.names import Stream
from gateway_core.worker.due_loop import Bounds, DueLoop
from gateway_core.worker.host import QueueWorker, Resources
from payment_processor.handler import PaymentCharges

BOUNDS = Bounds(batch=500, max_in_flight=2_000, chunk=500, min_round_s=0.05)


def build(settings: AcquirerSettings, resources: Resources) -> QueueWorker:
    """The worker of the ``payment-processing`` queue."""
    acquirer = Simulator(resources.pool, behaviour_of(settings))
    work = ChargeWork(resources.pool, acquirer, PaymentCharges(), resources.relay.wake)
    return QueueWorker(Stream.PAYMENTS, DueLoop(Stream.PAYMENTS, work, BOUNDS))
