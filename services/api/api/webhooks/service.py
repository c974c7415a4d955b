"""What can be done with webhooks."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.answers import Answer, answer
from api.batches import Wake
from api.paging import PageRequest
from api.webhooks.hosts import check_public_host
from api.webhooks.schemas import (
    ConfigChange,
    WebhookConfig,
    delivery,
    parse_config,
    retry_scheduled,
    test_scheduled,
)
from gateway_core.db.engine import Connection, transaction
from gateway_core.db.queries import clock, deliveries, events, merchants
from gateway_core.db.queries.events import NewEvent
from gateway_core.domain.errors import bad_request, not_found
from gateway_core.domain.events import EventType, event_body, rfc3339
from gateway_core.domain.signing import mask_secret
from gateway_core.runtime.crypto import CannotDecrypt, SecretBox
from gateway_core.runtime.ids import new_id
from gateway_core.runtime.tracing import current_traceparent

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 -- the part that is no secret
# Standard Webhooks takes 24 to 64 bytes in base64; 24 need no padding.
SECRET_BYTES: Final = 24
TEST_PREFIX: Final = "test_"
TEST_MESSAGE: Final = "This is a test webhook"

_DELIVERY_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class WebhookService:
    """Webhooks of one gateway. ``private_hosts`` allows URLs on this machine, for a local evaluation."""

    def __init__(self, engine: AsyncEngine, box: SecretBox, wake: Wake, *, private_hosts: bool) -> None:
        self._engine = engine
        self._box = box
        self._wake = wake
        self._private_hosts = private_hosts

    async def get_config(self, merchant_id: UUID) -> Answer:
        """200 with the configuration, its secret masked."""
        async with transaction(self._engine) as conn:
            return answer(200, await self._config(conn, merchant_id))

    async def set_config(self, merchant_id: UUID, body: Mapping[str, object]) -> Answer:
        """200 with the changed configuration."""
        change = parse_config(body)
        if isinstance(change.url, str) and not self._private_hosts:
            check_public_host(change.url)
        async with transaction(self._engine) as conn:
            await self._apply(conn, merchant_id, change)
            return answer(200, await self._config(conn, merchant_id))

    async def regenerate_secret(self, merchant_id: UUID) -> Answer:
        """200 with a new secret, never to be shown again."""
        secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
        async with transaction(self._engine) as conn:
            await self._apply(conn, merchant_id, ConfigChange(secret=secret))
            config = await self._config(conn, merchant_id)
        return answer(200, {**config, "webhook_secret": secret})

    async def list_deliveries(self, merchant_id: UUID, wanted: PageRequest) -> Answer:
        """200 with one page of the delivery log, newest first."""
        async with transaction(self._engine) as conn:
            found, total = await deliveries.list_page(
                conn, merchant_id, limit=wanted.limit, offset=wanted.offset
            )
        rows = [delivery(view) for view in found]
        return answer(200, {"data": rows, "total": total, "limit": wanted.limit, "offset": wanted.offset})

    async def retry(self, merchant_id: UUID, delivery_id: str) -> Answer:
        """200 once the merchant's own delivery is due again, else NOT_FOUND_ERROR."""
        if not _DELIVERY_ID.fullmatch(delivery_id):
            raise not_found("Webhook log")
        row_id = UUID(delivery_id)
        async with transaction(self._engine) as conn:
            if not await deliveries.restart(conn, merchant_id, row_id):
                raise not_found("Webhook log")
        return answer(200, retry_scheduled(row_id))

    async def send_test(self, merchant_id: UUID) -> Answer:
        """200 once a ``webhook.test`` is recorded; BAD_REQUEST_ERROR when there is no URL to send it to."""
        subject_id = new_id(TEST_PREFIX)
        async with transaction(self._engine) as conn:
            url = (await merchants.get_webhook_config(conn, merchant_id)).webhook_url
            if url is None:
                raise bad_request("No webhook_url is configured", field="webhook_url")
            now = await clock.transaction_time(conn)
            data = {"test": {"id": subject_id, "message": TEST_MESSAGE, "created_at": rfc3339(now)}}
            event = NewEvent(
                merchant_id=merchant_id,
                type=EventType.WEBHOOK_TEST,
                subject_id=subject_id,
                payload=event_body(EventType.WEBHOOK_TEST, int(now.timestamp()), data),
                traceparent=current_traceparent() or None,
            )
            await events.append(conn, [event])
        self._wake()
        return answer(200, test_scheduled(subject_id, url, rfc3339(now)))

    async def _apply(self, conn: Connection, merchant_id: UUID, change: ConfigChange) -> None:
        if change.url is None or isinstance(change.url, str):
            await merchants.set_webhook_url(conn, merchant_id, change.url)
        if isinstance(change.secret, str):
            await merchants.set_webhook_secret(conn, merchant_id, self._box.encrypt(change.secret))

    async def _config(self, conn: Connection, merchant_id: UUID) -> WebhookConfig:
        config = await merchants.get_webhook_config(conn, merchant_id)
        return {
            "webhook_url": config.webhook_url,
            "webhook_secret": self._masked(config.webhook_secret_encrypted),
        }

    def _masked(self, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        try:
            return mask_secret(self._box.decrypt(sealed))
        except CannotDecrypt:  # sealed under a key that is gone: it can only be replaced
            return "***"
