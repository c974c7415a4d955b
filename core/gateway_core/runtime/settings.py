"""Settings that services share. A service subclasses the groups it needs and adds its own fields."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway_core.domain.retry_schedule import PRODUCTION_GAPS_S, TEST_GAPS_S, RetrySchedule
from gateway_core.runtime.environment import Boolean, TrueUnlessFalse
from gateway_core.runtime.logs import LogFormat
from gateway_core.runtime.redis_address import parse_redis_address

# Published on purpose: it protects only the data of a local evaluation.
EVALUATION_ENCRYPTION_KEY = "local-evaluation-only-encryption-key"
MIN_ENCRYPTION_KEY_CHARS = 32
EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - inside a container; the network decides who reaches it
MAX_DELAY_MS = 3_600_000
REFUND_DELAY_MIN_MS = 3000
REFUND_DELAY_MAX_MS = 5000

QueueType = Literal["payments", "webhooks", "refunds"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def _postgres_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or not re.fullmatch(r"postgres(ql)?(\+psycopg)?", scheme):
        raise ValueError("must look like postgresql://user:password@host:port/database")
    return f"postgresql://{rest}"


def _redis_url(url: str) -> str:
    parse_redis_address(url)
    return url


def _schedule_text(text: str) -> str:
    RetrySchedule.parse(text)
    return text


DatabaseUrl = Annotated[str, AfterValidator(_postgres_url), Field(repr=False)]
"""Kept in libpq's ``postgresql://`` form."""
Port = Annotated[int, Field(ge=0, le=65535)]
DelayMs = Annotated[int, Field(ge=0, le=MAX_DELAY_MS)]
KeepAliveS = Annotated[int, Field(ge=5, le=3600)]
"""Seconds that a client may leave a connection idle between requests. Proxies in front must close theirs earlier."""
KEEP_ALIVE_S = 75
"""The default: ingress-nginx and AWS's load balancers keep idle connections for 60 s."""
Probability = Annotated[float, Field(ge=0, le=1)]
ScheduleText = Annotated[str, AfterValidator(_schedule_text)]
Upper = BeforeValidator(lambda value: str(value).strip().upper())
Lower = BeforeValidator(lambda value: str(value).strip().lower())


class CoreSettings(BaseSettings):
    """What every process reads, and the switches that production refuses (contract, Names).

    ``encryption_key`` is never empty once loaded.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    gateway_env: Annotated[Literal["local", "production"], Lower] = "production"
    database_url: DatabaseUrl
    redis_url: Annotated[str, AfterValidator(_redis_url), Field(repr=False)]
    db_pool_size: int = Field(default=10, ge=1, le=200)
    log_level: Annotated[LogLevel, Upper] = "INFO"
    log_format: Annotated[LogFormat, Lower] = "json"
    bind_host: str = ""
    """Where the process's servers listen; unset: loopback for a local evaluation, else every interface."""
    metrics_port: Port = 9100
    """0 takes a free port."""
    shutdown_grace_s: float = Field(default=20.0, gt=0, le=600)
    encryption_key: SecretStr = SecretStr("")
    encryption_old_keys: SecretStr = SecretStr("")
    """Keys that still decrypt stored secrets, between commas, while ``encryption_key`` is being rotated."""
    test_mode: Boolean = False
    test_endpoints: Boolean | None = None
    webhook_retry_intervals_test: Boolean = False
    webhook_allow_private: Boolean | None = None
    """Webhooks may be sent to loopback and private addresses; unset: only in a local evaluation."""

    @property
    def is_local(self) -> bool:
        return self.gateway_env == "local"

    @property
    def old_encryption_keys(self) -> list[str]:
        keys = self.encryption_old_keys.get_secret_value().split(",")
        return [key.strip() for key in keys if key.strip()]

    @property
    def test_endpoints_enabled(self) -> bool:
        """``/api/v1/test/*`` exists: local evaluation, unless ``TEST_ENDPOINTS=false``."""
        return self.is_local and self.test_endpoints is not False

    @property
    def private_receivers_allowed(self) -> bool:
        return self.is_local if self.webhook_allow_private is None else self.webhook_allow_private

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        self.bind_host = self.bind_host or ("127.0.0.1" if self.is_local else EVERY_INTERFACE)
        if self.is_local and not self.encryption_key.get_secret_value():
            self.encryption_key = SecretStr(EVALUATION_ENCRYPTION_KEY)
        return self

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if self.is_local:
            return self
        if dangers := self._dangers():
            raise ValueError(f"GATEWAY_ENV=production and {', '.join(dangers)}")
        return self

    def _dangers(self) -> list[str]:
        """Why these settings are refused in production; names variables, never their values."""
        dangers = []
        if self.test_mode:
            dangers.append("TEST_MODE is on")
        if self.webhook_retry_intervals_test:
            dangers.append("WEBHOOK_RETRY_INTERVALS_TEST is on")
        if self.test_endpoints:
            dangers.append("TEST_ENDPOINTS is on")
        key = self.encryption_key.get_secret_value()
        if not key:
            dangers.append("ENCRYPTION_KEY is not set")
        elif len(key) < MIN_ENCRYPTION_KEY_CHARS:
            dangers.append(f"ENCRYPTION_KEY is shorter than {MIN_ENCRYPTION_KEY_CHARS} characters")
        elif key == EVALUATION_ENCRYPTION_KEY:
            dangers.append("ENCRYPTION_KEY is the published evaluation key")
        return dangers


class AcquirerSettings(CoreSettings):
    """How the simulated acquirer answers (contract, Names and Rules)."""

    test_processing_delay_ms: DelayMs = Field(default=1000, validation_alias="TEST_PROCESSING_DELAY")
    test_payment_success: TrueUnlessFalse = True
    upi_success_rate: Probability = 0.90
    card_success_rate: Probability = 0.95
    processing_delay_min_ms: DelayMs = Field(default=5000, validation_alias="PROCESSING_DELAY_MIN")
    processing_delay_max_ms: DelayMs = Field(default=10000, validation_alias="PROCESSING_DELAY_MAX")
    simulator_seed: str = "payment-gateway"
    """Outcomes and delays are a function of this and the payment's or refund's id."""

    @model_validator(mode="after")
    def _delays_in_order(self) -> Self:
        if self.processing_delay_min_ms > self.processing_delay_max_ms:
            raise ValueError("PROCESSING_DELAY_MIN is greater than PROCESSING_DELAY_MAX")
        return self


class WebhookSettings(CoreSettings):
    """When a failed delivery is retried (contract, Webhooks)."""

    webhook_retry_intervals: ScheduleText = ",".join(map(str, PRODUCTION_GAPS_S))
    """Seconds before the second and every later attempt, between commas."""

    @property
    def retry_schedule(self) -> RetrySchedule:
        if self.webhook_retry_intervals_test:
            return RetrySchedule(TEST_GAPS_S, exact=True)
        return RetrySchedule.parse(self.webhook_retry_intervals)


class QueueSettings(CoreSettings):
    """Which queue a combined worker serves; None serves all three (contract, Names)."""

    queue_type: Annotated[QueueType, Lower] | None = None


class TestMerchantSettings(CoreSettings):
    """The merchant that is seeded for a local evaluation (contract, Names)."""

    __test__ = False  # Not a test class, whatever its name says to pytest.

    test_merchant_email: str = "test@example.com"
    test_api_key: str = "key_test_abc123"
    test_api_secret: SecretStr = SecretStr("secret_test_xyz789")
