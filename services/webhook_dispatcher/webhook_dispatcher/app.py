"""The webhook dispatcher's one worker."""

from __future__ import annotations

from contextlib import AsyncExitStack

from gateway_core.runtime.clock import utc_now
from gateway_core.runtime.crypto import Cipher
from gateway_core.streams.names import Stream
from gateway_core.worker.due_loop import Bounds
from gateway_core.worker.host import QueueWorker, Resources
from webhook_dispatcher.handler import DeliveryHandler
from webhook_dispatcher.limits import ConcurrencyLimits
from webhook_dispatcher.recorder import Recorder
from webhook_dispatcher.sender import Sender
from webhook_dispatcher.settings import DispatcherSettings
from webhook_dispatcher.work import LEASE_S, DeliveryLoop, DeliveryWork

BOUNDS = Bounds(batch=200, max_in_flight=512, chunk=1)
STOP_TIMEOUT_S = 5.0
"""How long receivers may still respond once the process stops; at most half of its grace."""


def build(
    settings: DispatcherSettings, resources: Resources, stack: AsyncExitStack, *, bounds: Bounds = BOUNDS
) -> QueueWorker:
    """The worker of the ``webhook-delivery`` queue; must be called inside the running event loop."""
    sender = Sender(
        timeout_s=settings.webhook_timeout_s,
        allow_private=settings.private_receivers_allowed,
        max_connections=bounds.max_in_flight,
    )
    stack.push_async_callback(sender.aclose)
    recorder = Recorder(resources.pool, max_waiting=bounds.max_in_flight, give_up_after_s=LEASE_S)
    stack.push_async_callback(recorder.aclose)
    cipher = Cipher(settings.encryption_key.get_secret_value(), settings.old_encryption_keys)
    handler = DeliveryHandler(cipher.decrypt, sender, settings.retry_schedule, utc_now)
    limits = ConcurrencyLimits(
        slots=bounds.max_in_flight, max_window=settings.webhook_max_in_flight_per_merchant
    )
    work = DeliveryWork(resources.pool, handler, recorder, limits)
    stop_timeout_s = min(STOP_TIMEOUT_S, settings.shutdown_grace_s / 2)
    return QueueWorker(Stream.WEBHOOKS, DeliveryLoop(work, bounds, lambda: sender.stop(stop_timeout_s)))
