"""One attempt at a delivery: prepare → send → the record of it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final, Protocol

from gateway_core import VERSION
from gateway_core.db.queries.attempts import AttemptRecord
from gateway_core.db.queries.delivery_work import ClaimedDelivery
from gateway_core.domain.delivery import AttemptError, AttemptOutcome, DeliveryStatus
from gateway_core.domain.ids import PAYMENT_PREFIX, REFUND_PREFIX
from gateway_core.domain.retry_schedule import Delivered, RetryIn, RetrySchedule, parse_retry_after_s
from gateway_core.domain.signing import sign_body, standard_webhooks_signatures
from gateway_core.runtime.crypto import CannotDecrypt
from gateway_core.runtime.tracing import Step, step
from webhook_dispatcher import metrics
from webhook_dispatcher.stages import Cancelled, Fault, Finished, OurFault, Prepared, Released, Sent

CACHED_SECRETS: Final = 1024
"""Decrypted secrets kept at most; the key is the ciphertext, so a rotated secret never meets an old entry."""
FAULT_PAUSE_S: Final = 1.0
"""A slot is kept this long when there was no socket, or no key for a secret: otherwise the delivery would be attempted
again at once, in a tight loop for as long as the fault lasts."""

_FIXED_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": f"PaymentGateway/{VERSION}"}
_SUBJECTS: Final = {PAYMENT_PREFIX: "payment_id", REFUND_PREFIX: "refund_id"}

_log = logging.getLogger(__name__)


class Send(Protocol):
    """What the handler needs of the sender."""

    async def send(self, prepared: Prepared) -> Sent:
        """POST it once, within a bounded time; raises :class:`OurFault`."""


class DeliveryHandler:
    """Makes attempts. ``decrypt`` decrypts a webhook secret, ``now`` tells the time in UTC.

    ``jitter`` gives a random number from 0 to 1 for the delay of a retry.
    """

    def __init__(
        self,
        decrypt: Callable[[bytes], str],
        sender: Send,
        schedule: RetrySchedule,
        now: Callable[[], datetime],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._decrypt = lru_cache(maxsize=CACHED_SECRETS)(decrypt)
        self._sender = sender
        self._schedule = schedule
        self._now = now
        self._jitter = jitter

    async def attempt(self, delivery: ClaimedDelivery) -> Finished:
        """Make one attempt, in the trace of the request that caused the event, and return what to record.

        Raises what ``decrypt`` raises: without its secret nothing is sent, and nothing is counted.
        """
        with step("webhook attempt", delivery, _step, kind="CLIENT") as span:
            finished = await self._attempt(delivery)
            if span is not None and isinstance(finished, AttemptRecord):
                span.set_attributes(_outcome(finished))
            return finished

    async def _attempt(self, delivery: ClaimedDelivery) -> Finished:
        if delivery.webhook_url is None:
            metrics.cancelled.inc()
            return Cancelled(delivery)
        try:
            prepared = self.prepare(delivery, delivery.webhook_url)
        except CannotDecrypt:
            await asyncio.sleep(FAULT_PAUSE_S)
            raise
        try:
            sent = await self._sender.send(prepared)
        except OurFault as error:
            return await self._release(delivery, error, prepared)
        self._observe(delivery, sent)
        return self._record(delivery, prepared, sent)

    def prepare(self, delivery: ClaimedDelivery, url: str) -> Prepared:
        """Sign the stored bytes as they stand (contract, Webhooks; Standard Webhooks 1.0).

        ``webhook-id`` is the delivery's id, made of its event: the same for all attempts and manual retries, and after
        a backup was restored, so receivers can drop duplicates. A secret that was replaced recently signs as well, in
        the header that holds several.
        """
        secret = self._decrypt(delivery.webhook_secret_encrypted or b"")
        started_at, message_id, body = self._now(), str(delivery.id), delivery.payload
        timestamp_s = int(started_at.timestamp())
        headers = _FIXED_HEADERS | {
            "X-Webhook-Signature": sign_body(body, secret),
            "X-Webhook-Event": delivery.event,
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": " ".join(
                signature
                for each in (secret, *self._previous_secret(delivery))
                for signature in standard_webhooks_signatures(message_id, timestamp_s, body, each)
            ),
        }
        return Prepared(url, headers, body, started_at)

    def _previous_secret(self, delivery: ClaimedDelivery) -> list[str]:
        """None or one. If it cannot be decrypted any more, receivers still have the present one."""
        encrypted = delivery.webhook_secret_previous_encrypted
        try:
            return [] if encrypted is None else [self._decrypt(encrypted)]
        except CannotDecrypt:
            return []

    async def _release(self, delivery: ClaimedDelivery, error: OurFault, prepared: Prepared) -> Released:
        metrics.released.labels(error.fault).inc()
        _log.warning("attempt released", extra={**_ids(delivery), "fault": error.fault})
        if error.fault is Fault.NO_SOCKET:
            await asyncio.sleep(FAULT_PAUSE_S)
        if not error.may_have_left:
            return Released(delivery)
        duration_ms = round((self._now() - prepared.started_at).total_seconds() * 1000)
        sent = Sent(AttemptOutcome(error=AttemptError.INTERRUPTED), None, None, max(0, duration_ms))
        return Released(delivery, _attempt_record(delivery, prepared, sent, DeliveryStatus.PENDING, None))

    def _observe(self, delivery: ClaimedDelivery, sent: Sent) -> None:
        metrics.attempts.labels(metrics.outcome_label(sent.outcome)).inc()
        metrics.attempt_seconds.observe(sent.duration_ms / 1000)
        if sent.outcome.succeeded:
            # The database's clock and ours differ: the age must not become negative.
            age_s = (self._now() - delivery.event_created_at).total_seconds()
            metrics.end_to_end_seconds.observe(max(0.0, age_s))

    def _record(self, delivery: ClaimedDelivery, prepared: Prepared, sent: Sent) -> AttemptRecord:
        return _attempt_record(delivery, prepared, sent, *self._next(delivery, sent))

    def _next(self, delivery: ClaimedDelivery, sent: Sent) -> tuple[DeliveryStatus, float | None]:
        retry_after = (sent.response_headers or {}).get("retry-after")
        retry_after_s = None if retry_after is None else parse_retry_after_s(retry_after, self._now())
        match self._schedule.after_attempt(
            delivery.attempts + 1, sent.outcome, retry_after_s=retry_after_s, jitter=self._jitter()
        ):
            case Delivered():
                return DeliveryStatus.SUCCESS, None
            case RetryIn(gap_s):
                _log_failure(
                    logging.INFO, "attempt failed, will be retried", delivery, sent, retry_in_s=gap_s
                )
                return DeliveryStatus.PENDING, gap_s
            case _:
                metrics.exhausted.inc()
                _log_failure(logging.WARNING, "last attempt failed", delivery, sent)
                return DeliveryStatus.FAILED, None


def _attempt_record(
    delivery: ClaimedDelivery,
    prepared: Prepared,
    sent: Sent,
    status: DeliveryStatus,
    retry_in_s: float | None,
) -> AttemptRecord:
    return AttemptRecord(
        delivery_id=delivery.id,
        lease_generation=delivery.lease_generation,
        attempt=delivery.attempts + 1,
        url=prepared.url,
        started_at=prepared.started_at,
        duration_ms=sent.duration_ms,
        request_headers=prepared.headers,
        response_code=sent.outcome.response_code,
        response_headers=sent.response_headers,
        response_body=sent.response_body,
        error=sent.outcome.error,
        status=status,
        retry_in_s=retry_in_s,
    )


def _step(delivery: ClaimedDelivery) -> Step:
    """A lease makes one attempt, so a retry is linked to the attempt of the previous lease."""
    attributes: dict[str, str | int] = {
        "gateway.event": delivery.event,
        "gateway.subject_id": delivery.subject_id,
        "gateway.delivery_id": str(delivery.id),
        "gateway.attempt": delivery.attempts + 1,
    }
    lease = delivery.lease_generation
    before = f"{delivery.id}/{lease - 1}" if lease > 1 else None
    return Step(delivery.traceparent, attributes, f"{delivery.id}/{lease}", before)


def _outcome(made: AttemptRecord) -> dict[str, str | int]:
    if made.response_code is not None:
        return {"http.response.status_code": made.response_code}
    return {"error.type": made.error or ""}


def _ids(delivery: ClaimedDelivery) -> dict[str, object]:
    """The ids of a log line; those of payments and refunds have the same name in every log."""
    prefix = delivery.subject_id.partition("_")[0] + "_"
    return {"delivery_id": delivery.id, _SUBJECTS.get(prefix, "subject_id"): delivery.subject_id}


def _log_failure(
    level: int, message: str, delivery: ClaimedDelivery, sent: Sent, retry_in_s: float | None = None
) -> None:
    """One line. Neither URL (people put tokens there) nor bodies."""
    extra = {
        **_ids(delivery),
        "event": delivery.event,
        "attempt": delivery.attempts + 1,
        "outcome": metrics.outcome_label(sent.outcome),
        "response_code": sent.outcome.response_code,
        "duration_ms": sent.duration_ms,
        "retry_in_s": retry_in_s,
    }
    _log.log(level, message, extra=extra)
