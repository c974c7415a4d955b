"""Merchants' existing receivers accept the gateway's webhooks, whatever text they contain."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from devstack.ports import answers
from devstack.process import spawn
from gateway_core.testing.factories import eventually
from gateway_core.testing.processes import find_program
from tests.e2e.books import rows, webhooks_to
from tests.e2e.gateway import WEBHOOK_SECRET, expect
from tests.e2e.stack import Stack, service_port

NODE = find_program("node")
SCRIPT = Path(__file__).with_name("seed_receiver.js")
TEXTS = (
    "₹1,00,000.00",
    "🎉👩‍👩‍👧‍👦🇮🇳",
    "שלום עולם",
    "مرحبا \u202eabc\u202c",
    'quote " backslash \\ slash / </script> & é',
    "line\nbreak\ttab\r\x01\x1f\x7f\u2028\u2029",
    "नमस्ते 漢字 \U0001d54f \ufeff\ufffd",
)
EVENTS_OF_A_PAYMENT, EVENTS_OF_A_REFUND = 3, 2
NOTES = {"text": TEXTS[0], "10": "ten", "9": "nine", "1e3": "", "ключ": TEXTS[2], "🔑": TEXTS[1]}


@pytest_asyncio.fixture(loop_scope="session")
async def node_receiver(tmp_path: Path) -> AsyncIterator[str]:
    """The URL of the published receiver, run by node."""
    if NODE is None:
        pytest.skip("node is not installed")
    port = service_port()
    env = {"RECEIVER_PORT": str(port), "WEBHOOK_SECRET": WEBHOOK_SECRET}
    with (tmp_path / "node.log").open("wb") as log:
        process = spawn([NODE, SCRIPT], death_signal=signal.SIGKILL, cwd=tmp_path, env=env, stdout=log)
    await eventually(lambda: answers("127.0.0.1", port))
    yield f"http://127.0.0.1:{port}/webhook"
    process.kill()
    process.wait()


async def test_the_published_snippet_accepts_every_delivery(shop: Stack, node_receiver: str) -> None:
    subjects: list[str] = []
    async with webhooks_to(shop, node_receiver):
        for text in TEXTS:
            payment_id = await shop.gateway.paid(receipt=text, notes={**NOTES, "again": text})
            refund = expect(201, await shop.gateway.refund(payment_id, 100, text))
            subjects += [payment_id, refund["id"]]
        by_card = await shop.gateway.pay_by_card(await shop.gateway.order(), holder_name=TEXTS[0])
        subjects.append(expect(201, by_card)["id"])
        expect(200, await shop.gateway.post("/webhooks/test", {}))
    verdicts = await rows(
        shop,
        "SELECT l.attempts, l.response_code FROM webhook_logs l JOIN events e ON e.id = l.event_id "
        "WHERE e.subject_id = ANY(%s) OR l.event = 'webhook.test'",
        subjects,
    )
    assert len(verdicts) == (EVENTS_OF_A_PAYMENT + EVENTS_OF_A_REFUND) * len(TEXTS) + EVENTS_OF_A_PAYMENT + 1
    assert {(verdict["attempts"], verdict["response_code"]) for verdict in verdicts} == {(1, 200)}


async def test_the_published_snippet_still_refuses_a_wrong_secret(shop: Stack, node_receiver: str) -> None:
    async def refused() -> bool:
        newest = (await shop.gateway.get("/webhooks?limit=1"))["data"][0]
        return bool(newest["response_code"] == 401)

    async with webhooks_to(shop, node_receiver, "whsec_another_one"):
        expect(200, await shop.gateway.post("/webhooks/test", {}))
        await eventually(refused)
        await shop.gateway.send_webhooks_to(shop.receiver.url())
