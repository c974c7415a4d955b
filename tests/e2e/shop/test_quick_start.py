"""The first minutes of a new user: what is to be pasted into a shell, and the example merchant's output."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from devstack.quickstart import FIRST_PAYMENT
from gateway_core.testing.factories import eventually
from gateway_core.testing.processes import Processes, ServiceProcess
from tests.e2e.books import webhooks_to
from tests.e2e.gateway import API_KEY, API_SECRET, WEBHOOK_SECRET, expect
from tests.e2e.stack import Stack, service_port

SHELL_TIMEOUT_S = 20.0
README = Path(__file__).parents[3] / "README.md"


async def shell(script: str) -> str:
    """The output of sh, which knows less than bash and zsh; AssertionError when it fails."""
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-eu",
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
    port = service_port()
    env = {
        "RECEIVER_PORT": str(port),
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
        "WEBHOOK_LOGS": str(tmp_path / "webhook-logs.json"),
    }
    process = processes.start("merchant", env=env)
    await process.healthy(f"http://127.0.0.1:{port}/")
    async with webhooks_to(shop, f"http://127.0.0.1:{port}/webhook"):
        yield process


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


async def test_the_first_payment_of_the_readme_works_when_pasted(
    shop: Stack, merchant: ServiceProcess
) -> None:
    section = README.read_text(encoding="utf-8").split("\n## A first payment\n")[1]
    pasted = section.split("```bash\n")[1].split("```")[0]
    for written, here in (("http://localhost:8000", shop.gateway.url), ("sleep 11;", "sleep 3;")):
        assert written in pasted
        pasted = pasted.replace(written, here)
    payment, refund = map(json.loads, (await shell(pasted)).splitlines())
    assert (payment["amount"], payment["status"]) == (50_000, "success")
    assert (refund["amount"], refund["payment_id"]) == (20_000, payment["id"])
    assert (await shop.gateway.final_refund(refund["id"]))["status"] == "processed"
    await printed(merchant, f"✓ verified payment.success {payment['id']} ₹500.00\n")
    await printed(merchant, f"✓ verified refund.processed {refund['id']} ₹200.00\n")


async def test_what_make_run_prints_works_when_pasted(shop: Stack, merchant: ServiceProcess) -> None:
    printed_block = FIRST_PAYMENT.format(key=API_KEY, secret=API_SECRET, api=shop.gateway.url)
    pasted = printed_block.split("\n\n", 1)[1].replace("sleep 11;", "")
    lines = (await shell(pasted)).splitlines()
    made, listed = map(json.loads, lines)
    assert made["status"] == "pending"
    assert made["id"] in {payment["id"] for payment in listed}
    assert (await shop.gateway.final_payment(made["id"]))["status"] == "success"
    await printed(merchant, f"✓ verified payment.success {made['id']} ₹500.00\n")
