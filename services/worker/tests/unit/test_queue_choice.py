"""``QUEUE_TYPE`` decides which queues the combined worker serves."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import ValidationError

from gateway_core.db.pool import create_pool
from gateway_core.relay import Relay
from gateway_core.streams.messages import WakeUp
from gateway_core.streams.names import Stream
from gateway_core.worker.host import Resources
from worker.app import build
from worker.settings import WorkerSettings

DATABASE_URL = "postgresql://nobody@127.0.0.1:1/nothing"


class NoStreams:
    async def publish(self, messages: Mapping[Stream, WakeUp]) -> None:
        """Drop them."""

    async def is_reachable(self) -> bool:
        return True


def settings(**chosen: Any) -> WorkerSettings:
    return WorkerSettings(
        gateway_env="local", database_url=DATABASE_URL, redis_url="redis://127.0.0.1:1", **chosen
    )


async def queues(told: WorkerSettings) -> set[Stream]:
    async with AsyncExitStack() as stack:
        pool = create_pool(DATABASE_URL, size=1, application_name="test")
        workers = build(told, Resources(pool, Relay(pool, NoStreams())), stack)
        assert all(worker.loop.queue == worker.queue for worker in workers)
        return {worker.queue for worker in workers}


@pytest.mark.parametrize(
    ("queue_type", "served"),
    [
        (None, set(Stream)),
        ("payments", {Stream.PAYMENTS}),
        ("webhooks", {Stream.WEBHOOKS}),
        ("refunds", {Stream.REFUNDS}),
        ("Webhooks", {Stream.WEBHOOKS}),
    ],
)
async def test_queue_type_limits_the_queues(queue_type: str | None, served: set[Stream]) -> None:
    assert await queues(settings(queue_type=queue_type)) == served


def test_an_unknown_queue_is_refused() -> None:
    with pytest.raises(ValidationError):
        settings(queue_type="emails")


def test_every_services_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {"TEST_PROCESSING_DELAY": "7", "WEBHOOK_RETRY_INTERVALS": "3,4", "WEBHOOK_TIMEOUT_S": "2.5"}
    for name, value in {**chosen, "QUEUE_TYPE": "refunds"}.items():
        monkeypatch.setenv(name, value)
    told = settings()
    assert (told.test_processing_delay_ms, told.webhook_timeout_s, told.queue_type) == (7, 2.5, "refunds")
    assert told.retry_schedule.gaps_s == (3, 4)
