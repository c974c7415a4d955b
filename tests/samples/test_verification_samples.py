"""Each receiver of the docs page, run as a program: it accepts what the gateway signed and refuses the rest."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from stack_tools import free_ports

from gateway_core.domain import v8_json
from gateway_core.domain.signing import sign_body
from gateway_core.testing.processes import find_program

SAMPLES = Path(__file__).resolve().parents[2] / "web" / "dashboard" / "samples"
SECRET = "whsec_test_abc123"
START_TIMEOUT_S = 30.0
BUILD_TIMEOUT_S = 240.0
STOP_TIMEOUT_S = 10.0
POLL_S = 0.05
MAX_BYTES = 1_048_576
BODIES = [
    {"event": "webhook.test", "timestamp": 1705314670, "data": {}},
    {"event": "payment.success", "data": {"payment": {"notes": {"für": "₹ 499 🙂👩‍👩‍👧 शुभ مرحبا"}}}},
    {"event": "payment.failed", "data": {"text": "</script> \u2028 \\ \" ' \x01 \x7f é e\u0301"}},
]
LANGUAGES = ["node", "python", "go", "php"]

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Receiver:
    """One running sample."""

    url: str

    def status(self, body: bytes, signature: str | None) -> int:
        headers = {b"Content-Type": b"application/json", b"webhook-id": b"msg_1"}
        if signature is not None:
            headers[b"X-Webhook-Signature"] = signature.encode()
        return httpx.post(self.url, content=body, headers=headers, timeout=STOP_TIMEOUT_S).status_code


@pytest.fixture(scope="module", params=LANGUAGES)
def receiver(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    port = free_ports(1)
    command = _command(request.param, port, tmp_path_factory.mktemp("sample"))
    with _running(command, port) as started:
        yield started


def _command(language: str, port: int, folder: Path) -> list[str]:
    if language == "python":
        return [sys.executable, str(SAMPLES / "verify.py")]
    program = find_program(language)
    if program is None:
        pytest.skip(f"no {language} on this machine: its sample is not run")
    if language == "php":
        return [program, "-S", f"127.0.0.1:{port}", str(SAMPLES / "verify.php")]
    if language == "go":
        return [str(_built(program, folder))]
    return [program, str(SAMPLES / "verify.mjs")]


def _built(go: str, folder: Path) -> Path:
    """A program, since `go run` would leave its child behind."""
    environment = {**os.environ, "GOCACHE": str(folder / "cache"), "GO111MODULE": "off", "CGO_ENABLED": "0"}
    command = [go, "build", "-o", str(folder / "verify"), str(SAMPLES / "verify.go")]
    subprocess.run(command, env=environment, check=True, timeout=BUILD_TIMEOUT_S)
    return folder / "verify"


@contextmanager
def _running(command: list[str], port: int) -> Iterator[Receiver]:
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    receiver = Receiver(f"http://127.0.0.1:{port}/webhook")
    try:
        _wait_until_open(process, receiver)
        yield receiver
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_S)


def _wait_until_open(process: subprocess.Popen[bytes], receiver: Receiver) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        assert process.poll() is None, f"it ended with {process.returncode}"
        try:
            receiver.status(b"{}", None)
        except httpx.TransportError:
            assert time.monotonic() < deadline, "it never answered"
            time.sleep(POLL_S)
        else:
            return


@pytest.mark.parametrize("value", BODIES, ids=["plain", "rupees and emoji", "escapes"])
def test_what_the_gateway_signed_is_accepted(receiver: Receiver, value: dict[str, object]) -> None:
    body = v8_json.encode(value)
    assert receiver.status(body, sign_body(body, SECRET)) == 200


@pytest.mark.parametrize("value", BODIES, ids=["plain", "rupees and emoji", "escapes"])
def test_the_same_value_in_other_bytes_is_refused(receiver: Receiver, value: dict[str, object]) -> None:
    body = v8_json.encode(value)
    for other in (
        body + b"\n",
        b" " + body,
        json.dumps(value).encode(),
        json.dumps(value, indent=2).encode(),
    ):
        assert receiver.status(other, sign_body(body, SECRET)) == 401


def test_an_altered_body_is_refused(receiver: Receiver) -> None:
    body = v8_json.encode({"event": "payment.success", "data": {"payment": {"amount": 100}}})
    assert receiver.status(body.replace(b"100", b"900"), sign_body(body, SECRET)) == 401


def test_bytes_that_are_no_text_are_verified_as_they_are(receiver: Receiver) -> None:
    body = b'{"event":"\xff\x00"}'
    assert receiver.status(body, sign_body(b'{"event":"\xef\xbf\xbd\x00"}', SECRET)) == 401


@pytest.mark.parametrize("secret", ["whsec_test_abc124", f"{SECRET}\n", "", "test_abc123"])
def test_another_secret_is_refused(receiver: Receiver, secret: str) -> None:
    body = v8_json.encode(BODIES[0])
    assert receiver.status(body, sign_body(body, secret)) == 401


def test_a_malformed_header_is_refused(receiver: Receiver) -> None:
    body = v8_json.encode(BODIES[0])
    right = sign_body(body, SECRET)
    wrong = [
        *(
            None,
            "",
            "0",
            "null",
            "[]",
            "é",
            right[:-1],
            right + "0",
            right.upper(),
            f"sha256={right}",
            f"v1,{right}",
        ),
        base64.b64encode(bytes.fromhex(right)).decode(),
        "0" * 64,
        "g" * 64,
        "a" * 4_000,
    ]
    assert {each: receiver.status(body, each) for each in wrong} == dict.fromkeys(wrong, 401)
    assert receiver.status(body, right) == 200


def test_a_body_beyond_the_bound_is_not_read_into_memory_and_verified(receiver: Receiver) -> None:
    body = b"x" * (MAX_BYTES + 1)
    try:
        status = receiver.status(body, sign_body(body, SECRET))
    except httpx.TransportError:
        return  # hung up amid the body: refused as well
    assert status == 413


def test_the_page_shows_a_sample_for_each_language() -> None:
    shown = {path.suffix for path in SAMPLES.glob("verify.*")}
    assert shown == {".mjs", ".py", ".go", ".php"}
