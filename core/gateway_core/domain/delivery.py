"""A webhook delivery and the outcomes of its attempts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryStatus(StrEnum):
    """`webhook_logs.status`. A manual retry makes a final delivery pending again."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"


class AttemptError(StrEnum):
    """Why there was no acceptable response: a closed set, so that it can label a metric."""

    TIMEOUT = "timeout"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_RESET = "connection_reset"
    DNS = "dns"
    TLS = "tls"
    TLS_EXPIRED = "tls_expired"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_NAME = "tls_name"
    TLS_PROTOCOL = "tls_protocol"
    TLS_CLIENT_CERTIFICATE = "tls_client_certificate"
    BLOCKED_ADDRESS = "blocked_address"
    INVALID_URL = "invalid_url"
    REDIRECT = "redirect"
    TOO_LARGE = "too_large"
    INVALID_RESPONSE = "invalid_response"
    INTERRUPTED = "interrupted"
    """The gateway stopped before the response; the attempt does not count."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """The outcome of one POST to the merchant: a status code, an error, or both (a refused redirect)."""

    response_code: int | None = None
    error: AttemptError | None = None

    def __post_init__(self) -> None:
        if self.response_code is None and self.error is None:
            raise ValueError("an attempt ends with a response code or an error")

    @property
    def succeeded(self) -> bool:
        """2xx without an error."""
        return self.error is None and self.response_code is not None and 200 <= self.response_code <= 299
