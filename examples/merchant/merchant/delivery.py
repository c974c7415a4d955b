"""A verified webhook and how it reads on one line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import NoReturn

SUBJECTS = ("payment", "refund")
SYMBOLS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}
MAX_ID_LENGTH = 64
DEFAULT_CURRENCY = "INR"  # a refund is in its payment's currency and does not repeat it


@dataclass(frozen=True)
class Delivery:
    """One webhook. ``id`` is the same on every attempt at it; ``received_at`` is RFC 3339 in UTC."""

    id: str
    event: str
    received_at: str
    payload: Mapping[str, object]

    @property
    def subject(self) -> Mapping[str, object]:
        """The payment or refund it is about; empty for other events."""
        data = self.payload.get("data")
        subjects = [data.get(name) for name in SUBJECTS] if isinstance(data, dict) else []
        return next((subject for subject in subjects if isinstance(subject, dict)), {})

    @property
    def subject_id(self) -> str:
        return str(self.subject.get("id", ""))

    @property
    def amount(self) -> str:
        """For people: ``₹500.00``; empty when the event is about no money."""
        amount_minor = self.subject.get("amount")
        if not isinstance(amount_minor, int):
            return ""
        return money(amount_minor, str(self.subject.get("currency", DEFAULT_CURRENCY)))

    def line(self) -> str:
        """``payment.success pay_… ₹500.00``."""
        return " ".join(part for part in (self.event, self.subject_id, self.amount) if part)

    def json(self) -> dict[str, object]:
        return asdict(self)


def read_delivery(body: bytes, webhook_id: str, now: datetime) -> Delivery:
    """The delivery in a verified ``body``. Raises ValueError when it is no event, or nothing that a file can hold.

    ``webhook_id`` is the header, which this signature does not cover: it may be anything. Without a sane one the body's
    digest tells deliveries apart, for the gateway sends the same bytes on every attempt.
    """
    try:
        payload = json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    json.dumps(
        payload, ensure_ascii=False
    ).encode()  # half a surrogate pair, which JSON can spell, is no text
    event = payload.get("event") if isinstance(payload, dict) else None
    if not isinstance(event, str):
        raise ValueError("not an event")  # noqa: TRY004 - the body is wrong, not our use of a type
    received_at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    is_sane = 0 < len(webhook_id) <= MAX_ID_LENGTH and webhook_id.isascii() and webhook_id.isprintable()
    return Delivery(webhook_id if is_sane else hashlib.sha256(body).hexdigest(), event, received_at, payload)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def money(amount_minor: int, currency: str) -> str:
    """``₹500.00``, or ``50000 minor units of JPY`` for a currency whose decimals this example does not know."""
    if currency not in SYMBOLS:
        return f"{amount_minor} minor units of {currency}"
    return f"{SYMBOLS[currency]}{amount_minor // 100}.{amount_minor % 100:02}"
