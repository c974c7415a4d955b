"""One attempt at a delivery: prepare → send → what to record."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final, Protocol

from gateway_core import VERSION
from gateway_core.db.queries.delivery_work import AttemptRecord, ClaimedDelivery
from gateway_core.domain.delivery import DeliveryStatus
from gateway_core.domain.ids import PAYMENT_PREFIX, REFUND_PREFIX
from gateway_core.domain.retry_schedule import Delivered, RetryIn, RetrySchedule, asked_wait_s
from gateway_core.domain.signing import sign_body, standard_webhooks_signature
from gateway_core.runtime.crypto import CannotDecrypt
from gateway_core.runtime.tracing import Step, step
from webhook_dispatcher import metrics
from webhook_dispatcher.stages import Fault, Finished, GivenBack, NoUrl, OurFault, Prepared, Sent

OPENED_SECRETS: Final = 1024
"""Decrypted secrets kept at most; the key is the ciphertext, so a rotated secret never meets an old entry."""
OUR_FAULT_PAUSE_S: Final = 1.0
"""A slot is kept this long when no socket was to be had, or no key for a secret: nothing else would hold up the next
attempt, and the shortage would be answered with a storm."""

_FIXED_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": f"PaymentGateway/{VERSION}"}
_SUBJECTS: Final = {PAYMENT_PREFIX: "payment_id", REFUND_PREFIX: "refund_id"}

_log = logging.getLogger(__name__)


class Send(Protocol):
    """The sender's one ability."""

    async def send(self, prepared: Prepared) -> Sent:
        """POST it once, within a bounded time; raises :class:`OurFault`."""


class DeliveryHandler:
    """Makes attempts. ``open_secret`` decrypts a webhook secret, ``now`` tells the time in UTC.

    ``spread`` is a random number of 0 to 1 for the jitter of a retry.
    """

    def __init__(
        self,
        open_secret: Callable[[bytes], str],
        sender: Send,
        schedule: RetrySchedule,
        now: Callable[[], datetime],
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._open_secret = lru_cache(maxsize=OPENED_SECRETS)(open_secret)
        self._sender = sender
        self._schedule = schedule
        self._now = now
        self._spread = spread

    async def attempt(self, delivery: ClaimedDelivery) -> Finished:
        """Make one attempt, in the trace of the request that began it all, and say what to record.

        Raises what ``open_secret`` raises: without its secret nothing is sent, and nothing is counted.
        """
        with step("webhook attempt", delivery, _step, kind="CLIENT") as span:
            finished = await self._attempt(delivery)
            if span is not None and isinstance(finished, AttemptRecord):
                span.set_attributes(_outcome(finished))
            return finished

    async def _attempt(self, delivery: ClaimedDelivery) -> Finished:
        if delivery.webhook_url is None:
            metrics.called_off.inc()
            return NoUrl(delivery)
        try:
            prepared = self.prepare(delivery, delivery.webhook_url)
        except CannotDecrypt:
            await asyncio.sleep(OUR_FAULT_PAUSE_S)
            raise
        try:
            sent = await self._sender.send(prepared)
        except OurFault as ours:
            return await self._give_back(delivery, ours.fault)
        self._observe(delivery, sent)
        return self._record(delivery, prepared, sent)

    def prepare(self, delivery: ClaimedDelivery, url: str) -> Prepared:
        """Sign the stored bytes as they stand (contract, Webhooks; Standard Webhooks 1.0).

        ``webhook-id`` is the delivery's id: the same over attempts and manual retries, so receivers can drop
        what they have already seen. A secret that was replaced not long ago signs as well, where there is room for two.
        """
        secret = self._open_secret(delivery.webhook_secret_encrypted or b"")
        started_at, message_id, body = self._now(), str(delivery.id), delivery.payload
        timestamp_s = int(started_at.timestamp())
        headers = _FIXED_HEADERS | {
            "X-Webhook-Signature": sign_body(body, secret),
            "X-Webhook-Event": delivery.event,
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": " ".join(
                standard_webhooks_signature(message_id, timestamp_s, body, each)
                for each in (secret, *self._previous_secret(delivery))
            ),
        }
        return Prepared(url, headers, body, started_at)

    def _previous_secret(self, delivery: ClaimedDelivery) -> list[str]:
        """None or one. What cannot be opened any more is missed by nobody who knows the present one."""
        sealed = delivery.webhook_secret_previous_encrypted
        try:
            return [] if sealed is None else [self._open_secret(sealed)]
        except CannotDecrypt:
            return []

    async def _give_back(self, delivery: ClaimedDelivery, fault: Fault) -> GivenBack:
        metrics.given_back.labels(fault).inc()
        _log.warning("attempt given back", extra={**_ids(delivery), "fault": fault})
        if fault is Fault.NO_SOCKET:
            await asyncio.sleep(OUR_FAULT_PAUSE_S)
        return GivenBack(delivery)

    def _observe(self, delivery: ClaimedDelivery, sent: Sent) -> None:
        metrics.attempts.labels(metrics.outcome_label(sent.outcome)).inc()
        metrics.attempt_seconds.observe(sent.duration_ms / 1000)
        if sent.outcome.succeeded:
            # Two clocks, the database's and ours: a skew must not make a time negative.
            age_s = (self._now() - delivery.event_created_at).total_seconds()
            metrics.end_to_end_seconds.observe(max(0.0, age_s))

    def _record(self, delivery: ClaimedDelivery, prepared: Prepared, sent: Sent) -> AttemptRecord:
        status, retry_in_s = self._next(delivery, sent)
        return AttemptRecord(
            delivery_id=delivery.id,
            lease_generation=delivery.lease_generation,
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

    def _next(self, delivery: ClaimedDelivery, sent: Sent) -> tuple[DeliveryStatus, float | None]:
        retry_after = (sent.response_headers or {}).get("retry-after")
        asked_s = None if retry_after is None else asked_wait_s(retry_after, self._now())
        match self._schedule.after_attempt(
            delivery.attempts + 1, sent.outcome, asked_s=asked_s, spread=self._spread()
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
                _log_failure(logging.WARNING, "attempt failed, it was the last", delivery, sent)
                return DeliveryStatus.FAILED, None


def _step(delivery: ClaimedDelivery) -> Step:
    """A lease makes one attempt, so a repeated one is linked to that of the lease before."""
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
    """What a line is about; payments and refunds have their id under the same name everywhere."""
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
