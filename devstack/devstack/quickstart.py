"""The lines shown once everything is healthy, and the test merchant's webhook URL."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from devstack.settings import Settings

TEST_API_KEY = "key_test_abc123"
TEST_API_SECRET = "secret_test_xyz789"  # noqa: S105 - local evaluation only, published in the contract
TEST_EMAIL = "test@example.com"
TEST_WEBHOOK_SECRET = "whsec_test_abc123"  # noqa: S105 - the same
REQUEST_TIMEOUT_S = 30.0


def quick_start(settings: Settings) -> list[str]:
    """The lines to show: addresses, credentials, a first payment. Points the merchant at the receiver."""
    api = _api_address(settings)
    lines = [
        "",
        f"API          {api}   (interactive docs: {api}/docs)",
        f"dashboard    {_dashboard_line(settings)}",
        f"checkout     http://localhost:{settings.port('CHECKOUT_PORT')}/checkout?order_id=…   (SDK: /checkout.js)",
        f"receiver     {_receiver_address(settings)}   (the example merchant's webhooks)",
        f"shop         {_receiver_address(settings)}/shop   (buy something: the checkout opens over the page)",
    ]
    if settings.environment.get("GATEWAY_ENV", "local") != "local":
        return lines
    key, secret = _credentials(settings)
    lines.append(f"credentials  X-Api-Key: {key}   X-Api-Secret: {secret}")
    return [*lines, _webhook_line(settings), "", *_first_payment(settings)]


def _dashboard_line(settings: Settings) -> str:
    """In local evaluation the seeded merchant takes any password."""
    url = f"http://localhost:{settings.port('DASHBOARD_PORT')}"
    if settings.environment.get("GATEWAY_ENV", "local") != "local":
        return url
    email = settings.environment.get("TEST_MERCHANT_EMAIL") or TEST_EMAIL
    return f"{url}   (sign in as {email} with any password)"


def _api_address(settings: Settings) -> str:
    return f"http://localhost:{settings.port('API_PORT')}"


def _receiver_address(settings: Settings) -> str:
    return f"http://localhost:{settings.port('RECEIVER_PORT')}"


def _credentials(settings: Settings) -> tuple[str, str]:
    env = settings.environment
    return env.get("TEST_API_KEY") or TEST_API_KEY, env.get("TEST_API_SECRET") or TEST_API_SECRET


def _webhook_line(settings: Settings) -> str:
    """Configures the receiver's URL unless the merchant has one. A failure is shown and stops nothing."""
    url = f"{_receiver_address(settings)}/webhook"
    try:
        configured = _call(settings, "GET", "/api/v1/webhooks/config").get("webhook_url")
        if not configured:
            _call(
                settings,
                "PUT",
                "/api/v1/webhooks",
                {"webhook_url": url, "webhook_secret": TEST_WEBHOOK_SECRET},
            )
    except (OSError, ValueError) as error:
        return f"webhooks     not configured: {error}"
    return f"webhooks     {configured or url}   (secret {TEST_WEBHOOK_SECRET})"


def _call(settings: Settings, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
    key, secret = _credentials(settings)
    request = urllib.request.Request(
        f"http://127.0.0.1:{settings.port('API_PORT')}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "X-Api-Key": key, "X-Api-Secret": secret},
        method=method,
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=REQUEST_TIMEOUT_S) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


FIRST_PAYMENT = """\
A first order and payment, to paste into another shell:

  api() {{ curl -s -H "X-Api-Key: {key}" -H "X-Api-Secret: {secret}" \\
    -H Content-Type:application/json "{api}/api/v1$@"; echo; }}
  ORDER=$(api /orders -d '{{"amount": 50000}}' | grep -o 'order_[A-Za-z0-9]*')
  api /payments -d '{{"order_id": "'$ORDER'", "method": "upi", "vpa": "user@paytm"}}'
  sleep 11; api /payments
"""


def _first_payment(settings: Settings) -> list[str]:
    key, secret = _credentials(settings)
    return FIRST_PAYMENT.format(key=key, secret=secret, api=_api_address(settings)).splitlines()
