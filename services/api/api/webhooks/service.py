"""What can be done with webhooks."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from api.batches import Wake
from api.paging import PageRequest
from api.webhooks.config import NewSecret, RevealedSecret, WebhookConfig, WebhookConfigInput
from api.webhooks.filters import DeliveryFilters
from api.webhooks.schemas import (
    MAX_ATTEMPTS_SHOWN,
    MAX_RESTARTED,
    DeliveryDetails,
    DeliveryPage,
    ManyScheduled,
    RetryFailedInput,
    RetryScheduled,
    TestScheduled,
    delivery,
    delivery_details,
    many_scheduled,
    retry_scheduled,
    test_scheduled,
)
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import clock, deliveries, delivery_list, events, merchants
from gateway_core.db.queries.events import NewEvent
from gateway_core.domain.addresses import check_webhook_host
from gateway_core.domain.errors import bad_request, not_found
from gateway_core.domain.events import EventType, event_body, rfc3339
from gateway_core.domain.webhook_secret import check_entropy, fits_standard_webhooks, mask_secret
from gateway_core.domain.webhook_url import check_https
from gateway_core.runtime.crypto import CannotDecrypt, Cipher
from gateway_core.runtime.ids import new_id, new_webhook_secret
from gateway_core.runtime.tracing import current_traceparent

TEST_PREFIX: Final = "test_"
TEST_MESSAGE: Final = "This is a test webhook"
RESTART_BATCH: Final = 500
"""Deliveries restarted in one transaction: the dispatcher never waits long for their rows."""

_DELIVERY_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class WebhookService:
    """Webhooks of one gateway.

    ``allow_private`` accepts URLs on this machine, for a local evaluation; ``is_production`` refuses http:// URLs and
    secrets that can be guessed.
    """

    def __init__(
        self, pool: Pool, cipher: Cipher, wake: Wake, *, allow_private: bool, is_production: bool
    ) -> None:
        self._pool = pool
        self._cipher = cipher
        self._wake = wake
        self._allow_private = allow_private
        self._is_production = is_production

    async def get_config(self, merchant_id: UUID) -> WebhookConfig:
        """The configuration, its secret masked."""
        async with transaction(self._pool) as conn:
            return await self._config(conn, merchant_id)

    async def set_config(self, merchant_id: UUID, change: WebhookConfigInput) -> WebhookConfig:
        """The changed configuration."""
        self._check(change)
        async with transaction(self._pool) as conn:
            if change.changes_url:
                await merchants.set_webhook_url(conn, merchant_id, change.webhook_url)
            if change.webhook_secret is not None:
                await self._replace_secret(conn, merchant_id, change.webhook_secret)
            if change.changes_events:
                await merchants.set_webhook_events(conn, merchant_id, change.webhook_events)
            return await self._config(conn, merchant_id)

    async def regenerate_secret(self, merchant_id: UUID) -> NewSecret:
        """The configuration with a new secret, never to be shown again."""
        secret = new_webhook_secret()
        async with transaction(self._pool) as conn:
            await self._replace_secret(conn, merchant_id, secret)
            config = await self._config(conn, merchant_id)
        return NewSecret(
            webhook_url=config.webhook_url,
            webhook_secret=secret,
            webhook_events=config.webhook_events,
            standard_webhooks=config.standard_webhooks,
        )

    async def reveal_secret(self, merchant_id: UUID) -> RevealedSecret:
        """The secret in plain text."""
        async with transaction(self._pool) as conn:
            config = await merchants.get_webhook_config(conn, merchant_id)
        return RevealedSecret(webhook_secret=self._decrypt(config.webhook_secret_encrypted))

    async def list_deliveries(
        self, merchant_id: UUID, filters: DeliveryFilters, wanted: PageRequest
    ) -> DeliveryPage:
        """One page of the deliveries that the filters let through, newest first."""
        async with transaction(self._pool) as conn:
            found, total = await delivery_list.page(
                conn, merchant_id, filters.wanted(), limit=wanted.limit, offset=wanted.offset
            )
        rows = [delivery(view) for view in found]
        return DeliveryPage(data=rows, total=total, limit=wanted.limit, offset=wanted.offset)

    async def get_delivery(self, merchant_id: UUID, delivery_id: str) -> DeliveryDetails:
        """The merchant's own delivery and its attempts, else NOT_FOUND_ERROR."""
        row_id = _delivery_id(delivery_id)
        async with transaction(self._pool) as conn:
            detail = await deliveries.get(conn, merchant_id, row_id)
            if detail is None:
                raise not_found("Webhook log")
            attempts = await deliveries.attempts_of(conn, row_id, MAX_ATTEMPTS_SHOWN)
        return delivery_details(detail, attempts)

    async def retry(self, merchant_id: UUID, delivery_id: str) -> RetryScheduled:
        """Makes the merchant's own delivery due again, else NOT_FOUND_ERROR."""
        row_id = _delivery_id(delivery_id)
        async with transaction(self._pool) as conn:
            if not await deliveries.restart(conn, merchant_id, row_id):
                raise not_found("Webhook log")
        return retry_scheduled(row_id)

    async def retry_failed(self, merchant_id: UUID, wanted: RetryFailedInput) -> ManyScheduled:
        """Makes failed deliveries due again, ``MAX_RESTARTED`` at most, in short transactions.

        Each transaction begins after the last row of the one before, so that a delivery which fails again
        meanwhile is not taken twice. BAD_REQUEST_ERROR when there is no URL to send them to.
        """
        scheduled, after = 0, None
        while scheduled < MAX_RESTARTED:
            async with transaction(self._pool) as conn:
                if after is None:
                    await self._url(conn, merchant_id)
                batch = await deliveries.restart_failed(
                    conn,
                    merchant_id,
                    created_from=wanted.since,
                    after=after,
                    event=wanted.event,
                    limit=RESTART_BATCH,
                )
            scheduled, after = scheduled + batch.count, batch.last
            if batch.count < RESTART_BATCH:
                break
        return many_scheduled(scheduled)

    async def send_test(self, merchant_id: UUID) -> TestScheduled:
        """Records a ``webhook.test``; BAD_REQUEST_ERROR when there is no URL to send it to."""
        subject_id = new_id(TEST_PREFIX)
        async with transaction(self._pool) as conn:
            url = await self._url(conn, merchant_id)
            now = await clock.transaction_time(conn)
            data = {"test": {"id": subject_id, "message": TEST_MESSAGE, "created_at": rfc3339(now)}}
            event = NewEvent(
                merchant_id=merchant_id,
                type=EventType.WEBHOOK_TEST,
                subject_id=subject_id,
                payload=event_body(EventType.WEBHOOK_TEST, now, data),
                traceparent=current_traceparent() or None,
            )
            await events.append(conn, [event])
        self._wake()
        return test_scheduled(subject_id, url, rfc3339(now))

    def _check(self, change: WebhookConfigInput) -> None:
        if change.webhook_url is not None:
            check_webhook_host(change.webhook_url, allow_private=self._allow_private)
            if self._is_production:
                check_https(change.webhook_url)
        if change.webhook_secret is not None and self._is_production:
            check_entropy(change.webhook_secret)

    async def _replace_secret(self, conn: Connection, merchant_id: UUID, secret: str) -> None:
        """Unless it is the present one: saved once more, it would push the previous one out of its overlap."""
        config = await merchants.get_webhook_config(conn, merchant_id)
        if self._decrypt(config.webhook_secret_encrypted) != secret:
            await merchants.set_webhook_secret(conn, merchant_id, self._cipher.encrypt(secret))

    async def _config(self, conn: Connection, merchant_id: UUID) -> WebhookConfig:
        config = await merchants.get_webhook_config(conn, merchant_id)
        return WebhookConfig(
            webhook_url=config.webhook_url,
            webhook_secret=self._masked(config.webhook_secret_encrypted),
            webhook_events=None if config.webhook_events is None else list(config.webhook_events),
            standard_webhooks=self._fits_standard_webhooks(config.webhook_secret_encrypted),
        )

    async def _url(self, conn: Connection, merchant_id: UUID) -> str:
        url = (await merchants.get_webhook_config(conn, merchant_id)).webhook_url
        if url is None:
            raise bad_request("No webhook_url is configured", field="webhook_url")
        return url

    def _fits_standard_webhooks(self, encrypted: bytes | None) -> bool | None:
        secret = self._decrypt(encrypted)
        return None if secret is None else fits_standard_webhooks(secret)

    def _masked(self, encrypted: bytes | None) -> str | None:
        if encrypted is None:
            return None
        secret = self._decrypt(encrypted)
        return "***" if secret is None else mask_secret(secret)

    def _decrypt(self, encrypted: bytes | None) -> str | None:
        if encrypted is None:
            return None
        try:
            return self._cipher.decrypt(encrypted)
        except CannotDecrypt:  # under a key that is gone: it can only be replaced
            return None


def _delivery_id(text: str) -> UUID:
    if not _DELIVERY_ID.fullmatch(text):
        raise not_found("Webhook log")
    return UUID(text)
