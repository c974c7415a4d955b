"""The first minutes of a new user: what `make run` prints, pasted into a shell, and the example merchant's output."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from devstack.quickstart import FIRST_PAYMENT
from gateway_core.testing.factories import eventually
from gateway_core.testing.processes import Processes, ServiceProcess
from tests.e2e.books import at_rest
from tests.e2e.gateway import API_KEY, API_SECRET, WEBHOOK_SECRET, expect
from tests.e2e.stack import Stack, service_port

SHELL_TIMEOUT_S = 20.0


async def shell(script: str) -> str:
    """The output of bash; AssertionError when it fails."""
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        script,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SHELL_TIMEOUT_S):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def printed(process: ServiceProcess, line: str) -> None:
    """Return once ``line`` is in the output."""
    await eventually(lambda: line in process.output)


@pytest_asyncio.fixture(loop_scope="session")
async def merchant(shop: Stack, processes: Processes, tmp_path: Path) -> AsyncIterator[ServiceProcess]:
    """The example merchant's receiver, with the shop's webhooks going to it."""
    await at_rest(shop)
    port = service_port()
    env = {
        "RECEIVER_PORT": str(port),
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
        "WEBHOOK_LOGS": str(tmp_path / "webhook-logs.json"),
    }
    process = processes.start("merchant", env=env)
    await process.healthy(f"http://127.0.0.1:{port}/")
    await shop.gateway.send_webhooks_to(f"http://127.0.0.1:{port}/webhook")
    yield process
    await at_rest(shop)
    await shop.gateway.send_webhooks_to(shop.receiver.url())


async def test_a_payment_and_a_refund_reach_the_example_merchant(
    shop: Stack, merchant: ServiceProcess, tmp_path: Path
) -> None:
    payment_id = await shop.gateway.paid(50_000)
    for event in ("payment.created", "payment.pending", "payment.success"):
        await printed(merchant, f"✓ verified {event} {payment_id} ₹500.00\n")
    refund = expect(201, await shop.gateway.refund(payment_id, 25_000, "Customer requested refund"))
    assert (await shop.gateway.final_refund(refund["id"]))["status"] == "processed"
    for event in ("refund.created", "refund.processed"):
        await printed(merchant, f"✓ verified {event} {refund['id']} ₹250.00\n")
    logged = json.loads((tmp_path / "webhook-logs.json").read_bytes())
    assert len(logged) == 5
    assert "✗" not in merchant.output


async def test_what_make_run_prints_works_when_pasted(shop: Stack, merchant: ServiceProcess) -> None:
    pasted = FIRST_PAYMENT.format(key=API_KEY, secret=API_SECRET, api=shop.gateway.url).split("\n\n", 1)[1]
    lines = (await shell(pasted)).splitlines()
    made, listed = map(json.loads, lines)
    assert made["status"] == "pending"
    assert made["id"] in {payment["id"] for payment in listed}
    assert (await shop.gateway.final_payment(made["id"]))["status"] == "success"
    await printed(merchant, f"✓ verified payment.success {made['id']} ₹500.00\n")
