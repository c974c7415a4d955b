"""The libraries that merchants install from npm verify what the gateway signs, and nothing else."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway_core.domain.signing import standard_webhooks_signatures
from gateway_core.domain.webhook_secret import fits_standard_webhooks
from gateway_core.runtime.ids import new_webhook_secret
from gateway_core.testing.processes import find_program

PACKAGE = Path(__file__).resolve().parent / "npm"
INSTALL_TIMEOUT_S = 240.0
RUN_TIMEOUT_S = 30.0
BODY = '{"event":"payment.success","note":"₹"}'
RAW = base64.b64encode(bytes(range(1, 97))).decode()
FITTING = (
    *(new_webhook_secret() for _ in range(20)),
    RAW,
    "whsec_" + RAW[:44],
    *(prefix + RAW[:length] for prefix in ("", "whsec_") for length in range(8, 100) if length % 4 != 1),
    base64.b64encode(b"\xff" * 16).decode(),
    "0123456789abcdef" * 4,
    "supersecret1",
)
OTHER = ("whsec_test_abc123", "my-webhook-secrets", "whsec_abcdefghi", "!" * 12)

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_program("npm") is None:
        pytest.skip("no npm on this machine: its libraries are not tried")
    folder = tmp_path_factory.mktemp("npm") / "package"
    shutil.copytree(PACKAGE, folder)
    environment = {**os.environ, "npm_config_cache": str(folder / "cache")}
    subprocess.run(["npm", "ci"], cwd=folder, env=environment, check=True, timeout=INSTALL_TIMEOUT_S)
    return folder


def case(secret: str, body: str = BODY) -> dict[str, object]:
    timestamp_s = int(time.time())
    signatures = standard_webhooks_signatures("msg_1", timestamp_s, BODY.encode(), secret)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(signatures),
    }
    return {"secret": secret, "body": body, "headers": headers}


def verified(package: Path, cases: Sequence[dict[str, object]]) -> list[list[bool]]:
    """For each of the two libraries, which of ``cases`` it verifies."""
    done = subprocess.run(
        ["node", "verify.mjs"],
        cwd=package,
        input=json.dumps(cases).encode(),
        capture_output=True,
        check=True,
        timeout=RUN_TIMEOUT_S,
    )
    results: list[list[bool]] = json.loads(done.stdout)
    return results


def test_every_secret_that_is_said_to_fit_verifies(package: Path) -> None:
    assert all(map(fits_standard_webhooks, FITTING))
    assert verified(package, [case(secret) for secret in FITTING]) == [[True] * len(FITTING)] * 2


def test_a_secret_that_is_said_not_to_fit_does_not_verify(package: Path) -> None:
    assert not any(map(fits_standard_webhooks, OTHER))
    assert verified(package, [case(secret) for secret in OTHER]) == [[False] * len(OTHER)] * 2


def test_another_body_is_refused(package: Path) -> None:
    assert verified(package, [case(RAW, BODY + " ")]) == [[False], [False]]
