"""Prepare → send → what is to be recorded, with a sender that answers as told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from gateway_core.db.queries.attempts import AttemptRecord
from gateway_core.db.queries.delivery_work import ClaimedDelivery
from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.domain.retry_schedule import RetrySchedule
from gateway_core.domain.signing import sign_body, standard_webhooks_signatures
from gateway_core.runtime.crypto import CannotDecrypt, Cipher
from gateway_core.runtime.metrics import REGISTRY
from webhook_dispatcher.handler import DeliveryHandler
from webhook_dispatcher.metrics import outcome_label
from webhook_dispatcher.stages import Cancelled, Fault, OurFault, Prepared, Released, Sent

SECRET = "whsec_test_abc123"
URL = "https://merchant.example/hook?token=hidden"
CIPHER = Cipher("k" * 32)
HEADERS = {"server": "nginx"}
NOW = datetime(2030, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)
DELIVERY = ClaimedDelivery(
    id=UUID(int=7),
    merchant_id=UUID(int=1),
    event="payment.success",
    event_id=1,
    subject_id="pay_1",
    attempts=0,
    lease_generation=1,
    payload='{"event":"payment.success","data":{"note":"₹ 🙂 שלום"}}'.encode(),
    traceparent=None,
    event_created_at=NOW - timedelta(seconds=90),
    due_lag_s=0.0,
    lease_expired=False,
    webhook_url=URL,
    webhook_secret_encrypted=CIPHER.encrypt(SECRET),
    webhook_secret_previous_encrypted=None,
)


class ToldSender:
    """Answers with ``outcome``, or raises ``fault``."""

    def __init__(
        self,
        outcome: AttemptOutcome,
        fault: Fault | None = None,
        headers: Mapping[str, str] = HEADERS,
        *,
        may_have_left: bool = False,
    ) -> None:
        self.prepared: list[Prepared] = []
        self._headers = headers
        self._outcome = outcome
        self._fault = fault
        self._may_have_left = may_have_left

    async def send(self, prepared: Prepared) -> Sent:
        self.prepared.append(prepared)
        if self._fault is not None:
            raise OurFault(self._fault, may_have_left=self._may_have_left)
        return Sent(self._outcome, self._headers, "body", 42)


class CountingCipher:
    def __init__(self) -> None:
        self.decrypted = 0

    def decrypt(self, encrypted: bytes) -> str:
        self.decrypted += 1
        return CIPHER.decrypt(encrypted)


def handler(
    sender: ToldSender | None = None, cipher: CountingCipher | Cipher = CIPHER, *, jitter: float = 0.0
) -> DeliveryHandler:
    told = sender or ToldSender(AttemptOutcome(200))
    return DeliveryHandler(cipher.decrypt, told, RetrySchedule(), lambda: NOW, lambda: jitter)


async def record_of(outcome: AttemptOutcome, attempts: int = 0) -> AttemptRecord:
    finished = await handler(ToldSender(outcome)).attempt(replace(DELIVERY, attempts=attempts))
    assert isinstance(finished, AttemptRecord)
    return finished


def test_the_stored_bytes_are_signed_and_sent_as_they_stand() -> None:
    prepared = handler().prepare(DELIVERY, URL)
    assert prepared.body == DELIVERY.payload
    assert prepared.headers["X-Webhook-Signature"] == sign_body(DELIVERY.payload, SECRET)
    assert (prepared.url, prepared.started_at) == (URL, NOW)


def test_the_headers_are_those_of_the_contract_and_of_standard_webhooks() -> None:
    headers = handler().prepare(DELIVERY, URL).headers
    message_id, timestamp = str(DELIVERY.id), str(int(NOW.timestamp()))
    assert headers["webhook-id"] == message_id
    assert headers["webhook-timestamp"] == timestamp
    assert headers["webhook-signature"].split(" ") == standard_webhooks_signatures(
        message_id, int(timestamp), DELIVERY.payload, SECRET
    )
    assert headers["X-Webhook-Event"] == "payment.success"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("PaymentGateway/")


def test_a_secret_that_was_replaced_signs_as_well() -> None:
    rotated = replace(DELIVERY, webhook_secret_previous_encrypted=CIPHER.encrypt("whsec_before"))
    headers = handler().prepare(rotated, URL).headers
    timestamp = int(NOW.timestamp())
    assert headers["webhook-signature"].split(" ") == [
        signature
        for secret in (SECRET, "whsec_before")
        for signature in standard_webhooks_signatures(str(DELIVERY.id), timestamp, DELIVERY.payload, secret)
    ]
    assert headers["X-Webhook-Signature"] == sign_body(DELIVERY.payload, SECRET)


def test_a_previous_secret_that_cannot_be_decrypted_is_left_out() -> None:
    rotated = replace(DELIVERY, webhook_secret_previous_encrypted=b"\x01garbage")
    assert handler().prepare(rotated, URL).headers == handler().prepare(DELIVERY, URL).headers


def test_the_message_id_stays_over_attempts() -> None:
    made = handler()
    retried = replace(DELIVERY, attempts=3, lease_generation=9)
    assert (
        made.prepare(DELIVERY, URL).headers["webhook-id"] == made.prepare(retried, URL).headers["webhook-id"]
    )


def test_a_secret_is_decrypted_once_until_it_is_rotated() -> None:
    cipher = CountingCipher()
    made = handler(cipher=cipher)
    for _ in range(3):
        made.prepare(DELIVERY, URL)
    rotated = replace(DELIVERY, webhook_secret_encrypted=CIPHER.encrypt("whsec_new"))
    headers = made.prepare(rotated, URL).headers
    assert cipher.decrypted == 2
    assert headers["X-Webhook-Signature"] == sign_body(DELIVERY.payload, "whsec_new")


async def test_without_a_secret_nothing_is_sent_and_the_attempt_pauses() -> None:
    sender = ToldSender(AttemptOutcome(200))
    made = handler(sender)
    attempts = [
        asyncio.create_task(made.attempt(replace(DELIVERY, webhook_secret_encrypted=encrypted)))
        for encrypted in (None, b"", b"\x01garbage")
    ]
    for _ in range(10):
        await asyncio.sleep(0)
    assert not any(attempt.done() for attempt in attempts)
    for attempt in attempts:
        with pytest.raises(CannotDecrypt):
            await attempt
    assert sender.prepared == []


@pytest.mark.parametrize("code", [200, 201, 204, 299])
async def test_2xx_is_success(code: int) -> None:
    record = await record_of(AttemptOutcome(code))
    assert (record.status, record.retry_in_s, record.response_code) == ("success", None, code)
    assert (record.delivery_id, record.lease_generation, record.url) == (DELIVERY.id, 1, URL)
    assert (record.response_body, record.duration_ms, record.started_at) == ("body", 42, NOW)
    assert record.request_headers == handler().prepare(DELIVERY, URL).headers
    assert record.response_headers == {"server": "nginx"}


@pytest.mark.parametrize(
    "outcome",
    [
        *(AttemptOutcome(code) for code in (199, 400, 404, 429, 500, 503)),
        AttemptOutcome(302, AttemptError.REDIRECT),
        AttemptOutcome(200, AttemptError.TIMEOUT),
        *(AttemptOutcome(error=error) for error in AttemptError),
    ],
)
async def test_anything_else_is_retried_on_schedule(outcome: AttemptOutcome) -> None:
    records = [await record_of(outcome, attempts) for attempts in range(5)]
    assert [record.retry_in_s for record in records] == [60, 300, 1800, 7200, None]
    assert [record.status for record in records] == ["pending"] * 4 + ["failed"]
    assert records[0].error == outcome.error


@pytest.mark.parametrize(
    ("outcome", "retry_after", "retry_in_s"),
    [
        (AttemptOutcome(503), "600", 600),
        (AttemptOutcome(429), "Tue, 01 Jan 2030 12:10:00 GMT", 599.5),
        (AttemptOutcome(503), "never", 66),
        (AttemptOutcome(500), "600", 66),
        (AttemptOutcome(error=AttemptError.TIMEOUT), "600", 66),
    ],
)
async def test_jitter_is_added_and_retry_after_is_respected(
    outcome: AttemptOutcome, retry_after: str, retry_in_s: float
) -> None:
    asking = ToldSender(outcome, headers={"retry-after": retry_after})
    finished = await handler(asking, jitter=1.0).attempt(DELIVERY)
    assert isinstance(finished, AttemptRecord)
    assert finished.retry_in_s == pytest.approx(retry_in_s)


async def test_no_url_means_nothing_is_sent() -> None:
    sender = ToldSender(AttemptOutcome(200))
    delivery = replace(DELIVERY, webhook_url=None)
    assert await handler(sender).attempt(delivery) == Cancelled(delivery)
    assert sender.prepared == []


async def test_a_receiver_that_is_gone_gets_no_further_attempt() -> None:
    record = await record_of(AttemptOutcome(410))
    assert (record.status, record.retry_in_s, record.response_code) == ("failed", None, 410)


@pytest.mark.parametrize("fault", Fault)
async def test_a_fault_of_the_gateway_releases_the_delivery(fault: Fault) -> None:
    sender = ToldSender(AttemptOutcome(200), fault)
    assert await handler(sender).attempt(DELIVERY) == Released(DELIVERY)


async def test_a_request_that_may_have_left_before_a_stop_is_recorded() -> None:
    sender = ToldSender(AttemptOutcome(200), Fault.STOPPING, may_have_left=True)
    released = await handler(sender).attempt(DELIVERY)
    assert isinstance(released, Released)
    assert released.interrupted is not None
    assert (released.interrupted.error, released.interrupted.response_code) == ("interrupted", None)
    assert (released.interrupted.attempt, released.interrupted.lease_generation) == (1, 1)


async def test_a_success_is_measured_from_its_event() -> None:
    before = _sample("gateway_webhook_end_to_end_seconds_sum")
    await record_of(AttemptOutcome(200))
    assert _sample("gateway_webhook_end_to_end_seconds_sum") - before == pytest.approx(90)


async def test_the_last_failure_counts_as_exhausted() -> None:
    before = _sample("gateway_webhook_exhausted_total")
    await record_of(AttemptOutcome(500), attempts=3)
    assert _sample("gateway_webhook_exhausted_total") == before
    await record_of(AttemptOutcome(500), attempts=4)
    assert _sample("gateway_webhook_exhausted_total") == before + 1


async def test_a_failed_attempt_is_one_line_without_url_body_or_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        await record_of(AttemptOutcome(503), attempts=1)
        await record_of(AttemptOutcome(200))
    (line,) = caplog.records
    said = vars(line)
    assert (said["attempt"], said["outcome"], said["retry_in_s"]) == (2, "http_5xx", 300)
    text = " ".join(map(str, said.values()))
    assert not any(hidden in text for hidden in ("token=hidden", "merchant.example", "note", SECRET))


@pytest.mark.parametrize(
    ("outcomes", "label"),
    [
        ([AttemptOutcome(200), AttemptOutcome(299)], "success"),
        ([AttemptOutcome(400), AttemptOutcome(499)], "http_4xx"),
        ([AttemptOutcome(500), AttemptOutcome(599)], "http_5xx"),
        ([AttemptOutcome(101), AttemptOutcome(600), AttemptOutcome(999)], "http_other"),
        ([AttemptOutcome(301, AttemptError.REDIRECT)], "redirect"),
        ([AttemptOutcome(error=AttemptError.DNS)], "dns"),
    ],
)
def test_outcomes_have_few_labels(outcomes: Sequence[AttemptOutcome], label: str) -> None:
    assert {outcome_label(outcome) for outcome in outcomes} == {label}


def _sample(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0
