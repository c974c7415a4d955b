"""The curls of the seed's "Manual Testing" section, letter for letter, and how they are run."""

from __future__ import annotations

import asyncio
import json
from typing import Any

CURL_TIMEOUT_S = 20.0
PUBLISHED_URL = "http://localhost:8000"

CREATE_ORDER = r"""
curl -X POST http://localhost:8000/api/v1/orders \
  -H "X-Api-Key: key_test_abc123" \
  -H "X-Api-Secret: secret_test_xyz789" \
  -H "Content-Type: application/json" \
  -d '{
    "amount": 50000,
    "currency": "INR",
    "receipt": "receipt_123"
  }'
"""
CREATE_PAYMENT = r"""
curl -X POST http://localhost:8000/api/v1/payments \
  -H "X-Api-Key: key_test_abc123" \
  -H "X-Api-Secret: secret_test_xyz789" \
  -H "Content-Type: application/json" \
  -d '{
    "order_id": "order_xxx",
    "method": "upi",
    "vpa": "user@paytm"
  }'
"""
CHECK_PAYMENT = "curl http://localhost:8000/api/v1/payments/pay_abc123xyz/public"
WEBHOOK_LOGS = r"""
curl -H "X-Api-Key: key_test_abc123" \
  -H "X-Api-Secret: secret_test_xyz789" \
  http://localhost:8000/api/v1/webhooks
"""
IDEMPOTENT_PAYMENT = r"""
curl -X POST http://localhost:8000/api/v1/payments \
  -H "X-Api-Key: key_test_abc123" \
  -H "X-Api-Secret: secret_test_xyz789" \
  -H "Idempotency-Key: test_idempotency_1" \
  -H "Content-Type: application/json" \
  -d '{"order_id": "order_123", "method": "upi", "vpa": "user@paytm"}'
"""


async def run_curl(command: str, gateway_url: str = PUBLISHED_URL, **ids: str) -> Any:
    """The JSON that a published command prints against ``gateway_url``, with its ids replaced by real ones."""
    for published, real in {PUBLISHED_URL: gateway_url, **ids}.items():
        assert published in command
        command = command.replace(published, real)
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(CURL_TIMEOUT_S):
        printed, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    return json.loads(printed)
