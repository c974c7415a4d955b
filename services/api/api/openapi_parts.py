"""The constant parts of the OpenAPI document: texts, headers, security schemes."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from api.session.cookie import LOCAL_NAME, SECURE_NAME
from api.session.same_origin import DASHBOARD_HEADER

Json: TypeAlias = dict[str, Any]

DESCRIPTION: Final = """\
Orders, payments, refunds and signed webhooks of a self-hosted payment gateway.

Amounts are integers in the currency's minor unit (paise). Times are RFC 3339 in UTC. Every error has
the same shape, `{"error": {"code", "description", …}}`; the codes are stable. Fields may be added to
any object at any time. HEAD is answered wherever GET is. Request bodies are JSON in UTF-8 of at most 64 KiB,
without duplicate keys. Unknown query parameters are refused with the nearest known name. So are unknown members of a
body, except where it creates an order or a payment: there they are ignored. A list is a repeated parameter, or one
value with commas.

**Idempotency.** A POST that creates something takes an `Idempotency-Key` of 1 to 255 printable ASCII characters.
For 24 hours the same key with the same body is answered with the same status and the very same bytes (and
`Idempotent-Replayed: true`), with another body or path 422; while the first request is still running 409 with
`Retry-After`. Only success is stored: a refused request may be corrected and sent again under its key.

**Checkout.** A payer's browser holds no API secret. It reads the order, pays it, and gets a `client_secret` for that
one payment, to be sent as `X-Client-Secret`. On success the page hands `order_id`, `payment_id` and `signature` to
the merchant's site, whose server trusts them only after comparing `signature` in constant time with the lower-case
hex HMAC-SHA256 of `order_id|payment_id` under its webhook secret, with an order id of its own.

**Webhooks.** Events are POSTed to the merchant's URL with `X-Webhook-Signature`, the lower-case hex HMAC-SHA256 of
the exact body under the merchant's webhook secret.
"""
DESCRIPTIONS: Final = {
    "200": "The request succeeded.",
    "201": "The resource was created.",
    "204": "The request succeeded; there is no content.",
    "400": "The request is invalid.",
    "401": "The credentials are missing, wrong or inactive.",
    "403": "The request came from another site, or needs a session instead of an API key.",
    "404": "No such resource, or it belongs to another merchant.",
    "409": "The first request with this key is still running.",
    "413": "The request body is too large.",
    "415": "The request body is not JSON.",
    "422": "The key was used with another request.",
    "429": "Too many requests.",
    "500": "Internal server error.",
    "503": "The service is temporarily unavailable.",
}
HEADERS: Final[Json] = {
    "X-Request-Id": {
        "description": "The request's id in the logs; the caller's own `X-Request-Id` if it is valid.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": 'The next page, `<…>; rel="next"` (RFC 8288); absent on the last.',
        "schema": {"type": "string"},
    },
    "X-Total-Count": {
        "description": "The number of rows on all pages together.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Content-Disposition": {
        "description": "A name for the file.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="payments-2024-01-15.csv"',
    },
    "Set-Cookie": {
        "description": "The session's cookie, HttpOnly and SameSite=Strict.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the stored response of an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
# Read from the headers by the dependency itself: it must know of two, and a declared header takes longer to read.
IDEMPOTENCY_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repeat of this request under the same key creates nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "unique-key-123",
}
SECURITY_SCHEMES: Final[Json] = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "The public part of the API key.",
    },
    "ApiSecret": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Secret",
        "description": "The secret of the API key.",
    },
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": LOCAL_NAME,
        "description": (
            f"A dashboard session; `{SECURE_NAME}` outside a local evaluation. Anything but GET needs, besides "
            "the cookie, the dashboard's exact `Origin`, `Sec-Fetch-Site: same-origin` and "
            f"`{DASHBOARD_HEADER}: 1`. If both are sent, the API key counts."
        ),
    },
}
