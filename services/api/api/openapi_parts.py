"""The reusable components of the OpenAPI document: parameters, headers, security."""

from __future__ import annotations

from typing import Any, Final

from api.describe import Json
from api.paging import MAX_LIMIT, MAX_OFFSET
from api.payments.filters import MAX_QUERY_LENGTH
from api.query_values import MAX_PREFIX_LENGTH
from api.session.cookie import LOCAL_NAME, SECURE_NAME
from api.session.same_origin import DASHBOARD_HEADER
from gateway_core.domain.delivery import DeliveryStatus
from gateway_core.domain.events import EventType
from gateway_core.domain.money import MAX_AMOUNT_MINOR

DESCRIPTION: Final = """\
Orders, payments, refunds and signed webhooks of a self-hosted payment gateway.

Amounts are integers in the currency's minor unit (paise). Times are RFC 3339 in UTC. Every refusal and every
failure has the same shape, `{"error": {"code", "description", …}}`; the codes are stable. Fields may be added to
any object at any time. HEAD is answered wherever GET is. Request bodies are JSON in UTF-8 of at most 64 KiB,
without duplicate keys. Unknown members of a request are ignored.

**Idempotency.** A POST that creates something takes an `Idempotency-Key` of 1 to 255 printable ASCII characters.
For 24 hours the same key with the same body is answered with the same status and the very same bytes (and
`Idempotent-Replayed: true`), with another body 422; while the first request is still running 409 with
`Retry-After`. Only success is stored: a refused request may be corrected and sent again under its key.

**Checkout.** A payer's browser holds no API secret. It reads the order, pays it, and gets a `client_secret` for that
one payment, to be sent as `X-Client-Secret`. On success the page hands `order_id`, `payment_id` and `signature` to
the merchant's site, whose server trusts them only after comparing `signature` in constant time with the lower-case
hex HMAC-SHA256 of `order_id|payment_id` under its webhook secret, with an order id of its own.

**Webhooks.** Events are POSTed to the merchant's URL with `X-Webhook-Signature`, the lower-case hex HMAC-SHA256 of
the exact body under the merchant's webhook secret.
"""

SECURITY_SCHEMES: Final[Json] = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "Names the merchant."},
    "ApiSecret": {"type": "apiKey", "in": "header", "name": "X-Api-Secret", "description": "Proves it."},
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": LOCAL_NAME,
        "description": (
            f"A person at the dashboard; `{SECURE_NAME}` outside a local evaluation. Anything but GET needs, besides "
            "the cookie, the dashboard's exact `Origin`, `Sec-Fetch-Site: same-origin` and "
            f"`{DASHBOARD_HEADER}: 1`. API key headers win where both are sent."
        ),
    },
}

HEADERS: Final[Json] = {
    "X-Request-Id": {
        "description": "Names this request in the logs; the caller's own when it sent a plain one.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": 'The next page, `<…>; rel="next"` (RFC 8288); absent on the last.',
        "schema": {"type": "string"},
    },
    "X-Total-Count": {
        "description": "How many there are on all pages together.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Content-Disposition": {
        "description": "A name for the file.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="payments-2024-01-15.csv"',
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Set-Cookie": {
        "description": "The session's cookie, HttpOnly and SameSite=Strict.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "`true` on an answer that was stored before.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}


def _path(name: str, schema: Json, example: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _query(name: str, schema: Json, description: str, example: object = None) -> Json:
    parameter: dict[str, Any] = {"name": name, "in": "query", "description": description, "schema": schema}
    return parameter if example is None else {**parameter, "example": example}


def _choices(*values: str) -> Json:
    """One of ``values``, or several between commas."""
    one = "|".join(value.replace(".", "[.]") for value in values)
    return {"type": "string", "pattern": f"^({one})(,({one}))*$", "examples": [values[0], ",".join(values)]}


_MOMENT: Final[Json] = {"type": "string", "format": "date-time"}
_AMOUNT: Final[Json] = {"type": "integer", "minimum": 0, "maximum": MAX_AMOUNT_MINOR}
_STATUSES: Final[Json] = _choices("pending", "processing", "success", "failed")
_METHODS: Final[Json] = _choices("upi", "card")
# Path parameters take any text: what is no id is answered like an id that nobody has.
_ID: Final[Json] = {"type": "string", "minLength": 1}

PARAMETERS: Final[Json] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes a repeat of this request harmless.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "example": "unique-key-123",
    },
    "ClientSecret": {
        "name": "X-Client-Secret",
        "in": "header",
        "required": True,
        "description": "The payment's `client_secret`.",
        "schema": {"type": "string"},
        "example": "pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6",
    },
    "OrderOfCheckout": {
        "name": "order_id",
        "in": "query",
        "required": True,
        "description": "The order that is to be paid.",
        "schema": {"type": "string"},
        "example": "order_5kP0aQx8ZrT2mN7vB4cY1d",
    },
    "OrderIdInPath": _path("order_id", _ID, "order_5kP0aQx8ZrT2mN7vB4cY1d"),
    "PaymentIdInPath": _path("payment_id", _ID, "pay_7Hs2Lw9QeR4tY6uI8oP0aS"),
    "RefundIdInPath": _path("refund_id", _ID, "rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6"),
    "ApiKeyInPath": _path("key", _ID, "key_test_abc123"),
    "DeliveryIdInPath": _path("delivery_id", _ID, "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"),
    "Limit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": MAX_LIMIT},
        "How many at most.",
        20,
    ),
    "DeliveryLimit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 10},
        "How many at most.",
        10,
    ),
    "DeliveryStatus": _query(
        "status", _choices(*DeliveryStatus), "Only in this status, or in one of several.", "failed"
    ),
    "DeliveryEvent": _query("event", _choices(*EventType), "Only of this event, or of one of several."),
    "DeliverySubject": _query(
        "q",
        {"type": "string", "maxLength": MAX_PREFIX_LENGTH},
        "The beginning of the id of a payment, refund or test.",
        "pay_7Hs2",
    ),
    "Offset": _query(
        "offset",
        {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
        "How many to leave out.",
        0,
    ),
    "Cursor": _query("cursor", {"type": "string"}, "Opaque; from a `Link` header. Excludes `offset`."),
    "PaymentStatus": _query(
        "status", _STATUSES, "Only in this status, or in one of several: `success,failed`."
    ),
    "PaymentMethod": _query("method", _METHODS, "Only of this method, or of one of several."),
    "PaymentQuery": _query(
        "q",
        {"type": "string", "maxLength": MAX_QUERY_LENGTH},
        "The beginning of a payment's or of its order's id.",
        "pay_7Hs2",
    ),
    "Days": _query(
        "days",
        {"type": "integer", "enum": [1, 7, 30, 90], "default": 30},
        "How long a period, up to now.",
        30,
    ),
    "LastEventId": {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The `id` of the last message that arrived; browsers send it when they reconnect.",
        "schema": {"type": "string"},
    },
    "OrderIdInQuery": _query("order_id", {"type": "string", "maxLength": 80}, "Only payments of this order."),
    "CreatedFrom": _query("created_from", _MOMENT, "Created at or after.", "2024-01-15T00:00:00Z"),
    "CreatedTo": _query("created_to", _MOMENT, "Created before.", "2030-01-01T00:00:00Z"),
    "AmountMin": _query("amount_min", _AMOUNT, "Of at least this amount.", 100),
    "AmountMax": _query("amount_max", _AMOUNT, "Of at most this amount.", 1000000),
}
