from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.processes import Processes
from merchant.app import MAX_BODY_BYTES, make_app
from merchant.log import MAX_KEPT, DeliveryLog

pytestmark = pytest.mark.integration

SECRET = "whsec_test_abc123"
SENDERS = 5
BODY = b'{"event":"payment.success","timestamp":1,"data":{"payment":{"id":"pay_1","amount":50000,"currency":"INR"}}}'
Client = TestClient[web.Request, web.Application]


def headers(body: bytes, webhook_id: str = "evt_1") -> dict[str, str]:
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Webhook-Signature": signature, "webhook-id": webhook_id, "Content-Type": "application/json"}


def entries(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_bytes())
    return found


@pytest.fixture
def log_path(tmp_path: Path) -> Path:
    return tmp_path / "webhook-logs.json"


@pytest_asyncio.fixture
async def client(log_path: Path) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(SECRET, DeliveryLog(log_path)))) as running:
        yield running


async def arrived(client: Client) -> list[dict[str, Any]]:
    async with client.get("/webhooks") as response:
        found: list[dict[str, Any]] = await response.json()
        return found


async def test_a_genuine_webhook_is_stored_printed_and_shown(
    client: Client, log_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with client.post("/webhook", data=BODY, headers=headers(BODY)) as response:
        assert (response.status, await response.json()) == (200, {"received": True})
    assert capsys.readouterr().out == "✓ verified payment.success pay_1 ₹500.00\n"
    (stored,) = entries(log_path)
    assert (stored["id"], stored["event"], stored["payload"]) == (
        "evt_1",
        "payment.success",
        json.loads(BODY),
    )
    assert await arrived(client) == [stored]
    async with client.get("/") as response:
        page = await response.text()
    assert response.status == 200
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert all(text in page for text in ("payment.success", "pay_1", "₹500.00", '<html lang="en">'))


@pytest.mark.parametrize("signature", [None, "", "0" * 64, "é"])
async def test_a_bad_signature_is_refused_before_anything_is_read_from_it(
    client: Client, log_path: Path, signature: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {} if signature is None else {"X-Webhook-Signature": signature}
    for body in (BODY, b"not json", b""):
        async with client.post("/webhook", data=body, headers=sent) as response:
            assert (response.status, await response.json()) == (401, {"error": "Invalid signature"})
    assert capsys.readouterr().out.count("✗ invalid signature") == 3
    assert await arrived(client) == []


async def test_a_repeat_is_acknowledged_and_not_stored_again(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        async with client.post("/webhook", data=BODY, headers=headers(BODY)) as response:
            assert response.status == 200
    async with client.post("/webhook", data=BODY, headers=headers(BODY, "evt_2")) as response:
        assert response.status == 200
    assert [entry["id"] for entry in await arrived(client)] == ["evt_2", "evt_1"]
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines] == ["✓", "=", "=", "✓"]


async def test_a_signed_body_that_is_no_event_is_refused(client: Client) -> None:
    async with client.post("/webhook", data=b"[]", headers=headers(b"[]")) as response:
        assert (response.status, await response.json()) == (400, {"error": "Not an event"})


@pytest.mark.parametrize(
    ("body", "webhook_id", "status"),
    [
        (b'{"event":"e","a":"\\ud800"}', "evt_1", 400),
        (b'{"event":"e","a":NaN}', "evt_1", 400),
        (b'{"event":"e","a":' + b"[" * 100_000, "evt_1", 400),
        (b'{"event":"e","a":' + b"9" * 10_000 + b"}", "evt_1", 400),
        (BODY, "\udcff", 200),
        (BODY, "x" * 5000, 200),
    ],
    ids=["surrogate", "NaN", "deep", "digits", "id of any bytes", "long id"],
)
async def test_nothing_that_is_sent_spoils_the_log(
    client: Client, log_path: Path, body: bytes, webhook_id: str, status: int
) -> None:
    sent = {
        name.encode(): value.encode(errors="surrogateescape")
        for name, value in headers(body, webhook_id).items()
    }
    assert await post_raw(client, body, sent) == status
    async with client.post("/webhook", data=BODY, headers=headers(BODY, "evt_2")) as response:
        assert response.status == 200
    assert entries(log_path)[-1]["id"] == "evt_2"
    assert max(len(entry["id"]) for entry in entries(log_path)) <= 64


async def post_raw(client: Client, body: bytes, sent: dict[bytes, bytes]) -> int:
    """The status of the answer to headers of any bytes, which no client would send."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    lines = [b"%s: %s" % each for each in {**sent, b"Content-Length": b"%d" % len(body)}.items()]
    writer.write(b"POST /webhook HTTP/1.1\r\nHost: x\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body)
    status = await reader.readline()
    writer.close()
    return int(status.split()[1])


async def test_the_body_is_bounded(client: Client) -> None:
    body = b" " * (MAX_BODY_BYTES + 1)
    async with client.post("/webhook", data=body, headers=headers(body)) as response:
        assert response.status == 413
        assert "error" in await response.json()


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/webhook", 405)])
async def test_other_requests_get_an_error_in_json(
    client: Client, method: str, path: str, status: int
) -> None:
    async with client.request(method, path) as response:
        assert response.status == status
        assert "error" in await response.json()


async def test_the_process_serves_stops_cleanly_and_remembers(processes: Processes, log_path: Path) -> None:
    port = free_port()
    env = {
        "RECEIVER_PORT": str(port),
        "WEBHOOK_LOGS": str(log_path),
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
    }
    for expected in ("✓ verified payment.success pay_1 ₹500.00", "= again payment.success pay_1 ₹500.00"):
        process = processes.start("merchant", env=env)
        await process.healthy(f"http://127.0.0.1:{port}/")
        async with (
            ClientSession() as session,
            session.post(f"http://127.0.0.1:{port}/webhook", data=BODY, headers=headers(BODY)) as response,
        ):
            assert response.status == 200
        assert expected in process.output
        assert await process.stop() == 0


async def test_what_was_answered_before_a_stop_is_in_the_log(processes: Processes, log_path: Path) -> None:
    port = free_port()
    process = processes.start("merchant", env={"RECEIVER_PORT": str(port), "WEBHOOK_LOGS": str(log_path)})
    await process.healthy(f"http://127.0.0.1:{port}/")
    url = f"http://127.0.0.1:{port}/webhook"
    answered: set[str] = set()

    async def send(session: ClientSession, sender: int) -> None:
        with contextlib.suppress(ClientError):
            for number in range(MAX_KEPT // SENDERS):
                webhook_id = f"evt_{sender}_{number}"
                signed = headers(BODY, webhook_id)
                async with session.post(url, data=BODY, headers=signed) as response:
                    assert response.status == 200
                answered.add(webhook_id)

    async with ClientSession() as session:
        sending = asyncio.gather(*(send(session, sender) for sender in range(SENDERS)))
        await eventually(lambda: len(answered) > 2 * SENDERS)
        assert await process.stop() == 0
        await sending
    assert answered <= {entry["id"] for entry in entries(log_path)}


@pytest.mark.parametrize(("variable", "value"), [("RECEIVER_PORT", "none"), ("WEBHOOK_LOGS", "{folder}")])
async def test_what_it_cannot_run_with_is_one_clear_line(
    processes: Processes, tmp_path: Path, variable: str, value: str
) -> None:
    env = {"RECEIVER_PORT": str(free_port()), variable: value.format(folder=tmp_path)}
    process = processes.start("merchant", env=env)
    assert await process.wait() == 1
    assert process.output.startswith("the receiver cannot run: ")
    assert process.output.count("\n") == 1
