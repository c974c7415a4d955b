from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from merchant.delivery import Delivery
from merchant.log import MAX_KEPT, DeliveryLog


def delivery(number: int) -> Delivery:
    return Delivery(
        f"evt_{number}", "payment.success", "2030-01-01T00:00:00.000Z", {"event": "₹", "number": number}
    )


def entries(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_bytes())
    return found


async def test_each_delivery_is_logged_once_and_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "new" / "webhook-logs.json"
    log = DeliveryLog(path)
    assert await log.add(delivery(1))
    assert not await log.add(delivery(1))
    assert await log.add(delivery(2))

    again = DeliveryLog(path)
    assert not await again.add(delivery(2))
    assert await again.add(delivery(3))
    assert [entry["id"] for entry in entries(path)] == ["evt_1", "evt_2", "evt_3"]
    assert [shown.id for shown in again.newest(2)] == ["evt_3", "evt_2"]


async def test_the_log_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "webhook-logs.json"
    log = DeliveryLog(path)
    await asyncio.gather(*(log.add(delivery(number)) for number in range(MAX_KEPT + 5)))
    assert [entry["payload"]["number"] for entry in entries(path)] == list(range(5, MAX_KEPT + 5))
    assert len(log.newest(MAX_KEPT + 5)) == MAX_KEPT


async def test_the_file_is_valid_whenever_it_is_read_and_holds_what_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "webhook-logs.json"
    log = DeliveryLog(path)
    await log.add(delivery(0))
    adding = {asyncio.create_task(log.add(delivery(number))): number for number in range(1, 300)}
    while any(not task.done() for task in adding):
        answered = {f"evt_{number}" for task, number in adding.items() if task.done()}
        assert answered <= {entry["id"] for entry in entries(path)}
        await asyncio.sleep(0)
    assert len(entries(path)) == 300


async def test_what_could_not_be_stored_is_taken_at_the_next_attempt(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "webhook-logs.json"
    log = DeliveryLog(path)
    (tmp_path / "folder").write_text("in the way")
    with pytest.raises(OSError, match="folder"):
        await log.add(delivery(1))
    (tmp_path / "folder").unlink()
    assert await log.add(delivery(1))
    assert [entry["id"] for entry in entries(path)][-1] == "evt_1"


@pytest.mark.parametrize("content", ["not json", '{"a": 1}', '[{"id": 1}]', "[1]"])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "webhook-logs.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="move it away"):
        DeliveryLog(path)
    assert path.read_text() == content
