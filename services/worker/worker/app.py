"""The workers of the three services on one host (contract, Names: ``QUEUE_TYPE``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final, TypeAlias

import payment_processor.app
import refund_processor.app
import webhook_dispatcher.app
from gateway_core.runtime.settings import QueueType
from gateway_core.worker.host import QueueWorker, Resources
from worker.settings import WorkerSettings

BuildOne: TypeAlias = Callable[[WorkerSettings, Resources, AsyncExitStack], QueueWorker]

BUILDS: Final[Mapping[QueueType, BuildOne]] = {
    "payments": lambda settings, resources, _: payment_processor.app.build(settings, resources),
    "refunds": lambda settings, resources, _: refund_processor.app.build(settings, resources),
    "webhooks": webhook_dispatcher.app.build,
}


def build(settings: WorkerSettings, resources: Resources, stack: AsyncExitStack) -> Sequence[QueueWorker]:
    """The worker of ``QUEUE_TYPE``; all three when it is unset."""
    wanted = BUILDS if settings.queue_type is None else [settings.queue_type]
    return [BUILDS[queue_type](settings, resources, stack) for queue_type in wanted]
