from __future__ import annotations

import pytest

from gateway_core.domain.retry_schedule import PRODUCTION_GAPS_S, TEST_GAPS_S
from gateway_core.runtime.environment import load_settings
from gateway_core.runtime.settings import (
    EVALUATION_ENCRYPTION_KEY,
    AcquirerSettings,
    CoreSettings,
    QueueSettings,
    TestMerchantSettings,
    WebhookSettings,
)

REQUIRED = {
    "DATABASE_URL": "postgresql://gateway_user:hidden-password@db:5432/payment_gateway",
    "REDIS_URL": "redis://redis:6379/0",
}
LOCAL = {**REQUIRED, "GATEWAY_ENV": "local"}
PRODUCTION = {**REQUIRED, "ENCRYPTION_KEY": "k" * 32}


class EverySetting(AcquirerSettings, WebhookSettings, QueueSettings, TestMerchantSettings):
    """All groups at once, as the combined worker has them."""


def load(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> EverySetting:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings(EverySetting)


def refusal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], values: dict[str, str]
) -> str:
    with pytest.raises(SystemExit) as ended:
        load(monkeypatch, values)
    assert ended.value.code == 78
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_the_contract_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, LOCAL)
    assert (settings.test_mode, settings.test_processing_delay_ms, settings.test_payment_success) == (
        False,
        1000,
        True,
    )
    assert (settings.upi_success_rate, settings.card_success_rate) == (0.90, 0.95)
    assert (settings.processing_delay_min_ms, settings.processing_delay_max_ms) == (5000, 10000)
    assert settings.retry_schedule.gaps_s == PRODUCTION_GAPS_S
    assert settings.queue_type is None
    assert (settings.test_merchant_email, settings.test_api_key) == ("test@example.com", "key_test_abc123")
    assert settings.test_api_secret.get_secret_value() == "secret_test_xyz789"


def test_every_contract_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        LOCAL
        | {
            "TEST_MODE": "true",
            "TEST_PROCESSING_DELAY": "7",
            "TEST_PAYMENT_SUCCESS": "false",
            "UPI_SUCCESS_RATE": "0.5",
            "CARD_SUCCESS_RATE": "1",
            "PROCESSING_DELAY_MIN": "1",
            "PROCESSING_DELAY_MAX": "2",
            "WEBHOOK_RETRY_INTERVALS": "1,2",
            "QUEUE_TYPE": "Refunds",
            "TEST_MERCHANT_EMAIL": "a@b.c",
            "TEST_API_KEY": "key_x",
            "TEST_API_SECRET": "secret_x",
            "METRICS_PORT": "0",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "TEXT",
        },
    )
    assert settings.test_mode is True
    assert settings.test_processing_delay_ms == 7
    assert settings.test_payment_success is False
    assert (settings.upi_success_rate, settings.card_success_rate) == (0.5, 1.0)
    assert (settings.processing_delay_min_ms, settings.processing_delay_max_ms) == (1, 2)
    assert settings.retry_schedule.gaps_s == (1, 2)
    assert settings.queue_type == "refunds"
    assert (settings.test_merchant_email, settings.test_api_key) == ("a@b.c", "key_x")
    assert settings.test_api_secret.get_secret_value() == "secret_x"
    assert (settings.metrics_port, settings.log_level, settings.log_format) == (0, "DEBUG", "text")


def test_the_test_retry_intervals_win_over_the_configured_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch, LOCAL | {"WEBHOOK_RETRY_INTERVALS_TEST": "yes", "WEBHOOK_RETRY_INTERVALS": "1"}
    )
    assert settings.retry_schedule.gaps_s == TEST_GAPS_S


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("true", True),
        ("TRUE", True),
        ("1", True),
        ("Yes", True),
        ("false", False),
        ("0", False),
        ("no", False),
    ],
)
def test_booleans_in_any_usual_spelling(monkeypatch: pytest.MonkeyPatch, word: str, meant: bool) -> None:
    assert load(monkeypatch, LOCAL | {"TEST_MODE": word}).test_mode is meant


def test_an_unclear_boolean_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(monkeypatch, capsys, LOCAL | {"TEST_MODE": "maybe"}) == (
        "refusing to start: TEST_MODE: must be true or false\n"
    )


@pytest.mark.parametrize(
    ("word", "meant"), [("false", False), ("FALSE", False), ("true", True), ("on", True)]
)
def test_payment_success_is_true_unless_false(
    monkeypatch: pytest.MonkeyPatch, word: str, meant: bool
) -> None:
    assert load(monkeypatch, LOCAL | {"TEST_PAYMENT_SUCCESS": word}).test_payment_success is meant


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, LOCAL | {"TEST_MODE": "", "QUEUE_TYPE": "", "PROCESSING_DELAY_MIN": ""})
    assert (settings.test_mode, settings.queue_type, settings.processing_delay_min_ms) == (False, None, 5000)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_database_url_in_both_spellings(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    settings = load(monkeypatch, LOCAL | {"DATABASE_URL": f"{scheme}://u:p@h:1/d"})
    assert settings.database_url == "postgresql://u:p@h:1/d"


def test_local_has_an_encryption_key_and_listens_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, LOCAL)
    assert settings.encryption_key.get_secret_value() == EVALUATION_ENCRYPTION_KEY
    assert settings.bind_host == "127.0.0.1"
    assert settings.test_endpoints_enabled is True


def test_test_endpoints_can_be_switched_off_locally(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, LOCAL | {"TEST_ENDPOINTS": "false"}).test_endpoints_enabled is False


def test_production_is_the_default_and_has_no_test_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PRODUCTION)
    assert settings.gateway_env == "production"
    assert settings.test_endpoints_enabled is False
    assert settings.bind_host == "0.0.0.0"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"TEST_MODE": "true"}, "TEST_MODE is on"),
        ({"WEBHOOK_RETRY_INTERVALS_TEST": "true"}, "WEBHOOK_RETRY_INTERVALS_TEST is on"),
        ({"TEST_ENDPOINTS": "true"}, "TEST_ENDPOINTS is on"),
        ({"ENCRYPTION_KEY": ""}, "ENCRYPTION_KEY is not set"),
        ({"ENCRYPTION_KEY": "short"}, "ENCRYPTION_KEY is shorter than 32 characters"),
        ({"ENCRYPTION_KEY": EVALUATION_ENCRYPTION_KEY}, "ENCRYPTION_KEY is the published evaluation key"),
    ],
)
def test_unsafe_production_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str], named: str
) -> None:
    line = refusal(monkeypatch, capsys, PRODUCTION | changes)
    assert line == f"refusing to start: GATEWAY_ENV=production and {named}\n"


@pytest.mark.parametrize("settings", [CoreSettings, AcquirerSettings, QueueSettings])
def test_every_service_refuses_the_test_switches(
    monkeypatch: pytest.MonkeyPatch, settings: type[CoreSettings]
) -> None:
    for name, value in (PRODUCTION | {"WEBHOOK_RETRY_INTERVALS_TEST": "true"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        load_settings(settings)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        (
            {"DATABASE_URL": "mysql://u:hidden-password@h/d"},
            "DATABASE_URL: must look like postgresql://user:password@host:port/database",
        ),
        (
            {"REDIS_URL": "http://:hidden-password@h"},
            (
                "REDIS_URL: must look like redis://host:port/0, redis+sentinel://host:26379,host:26379/master/0 or"
                " redis+cluster://host:6379,host:6379"
            ),
        ),
        (
            {"PROCESSING_DELAY_MIN": "9", "PROCESSING_DELAY_MAX": "8"},
            "PROCESSING_DELAY_MIN is greater than PROCESSING_DELAY_MAX",
        ),
        (
            {"TEST_PROCESSING_DELAY": "-1"},
            "TEST_PROCESSING_DELAY: input should be greater than or equal to 0",
        ),
        ({"UPI_SUCCESS_RATE": "1.5"}, "UPI_SUCCESS_RATE: input should be less than or equal to 1"),
        ({"QUEUE_TYPE": "x"}, "QUEUE_TYPE: input should be 'payments', 'webhooks' or 'refunds'"),
        ({"GATEWAY_ENV": "prod"}, "GATEWAY_ENV: input should be 'local' or 'production'"),
    ],
)
def test_an_unusable_value_is_named_on_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str], line: str
) -> None:
    assert refusal(monkeypatch, capsys, LOCAL | changes) == f"refusing to start: {line}\n"


def test_several_problems_are_all_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refusal(monkeypatch, capsys, {"GATEWAY_ENV": "local", "METRICS_PORT": "70000"})
    for name in ("DATABASE_URL", "REDIS_URL", "METRICS_PORT"):
        assert name in line


def test_an_unreadable_retry_schedule_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "WEBHOOK_RETRY_INTERVALS: " in refusal(
        monkeypatch, capsys, LOCAL | {"WEBHOOK_RETRY_INTERVALS": "60;300"}
    )


def test_no_refusal_shows_a_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refusal(
        monkeypatch,
        capsys,
        REQUIRED | {"ENCRYPTION_KEY": "hidden-key", "METRICS_PORT": "hidden-port", "TEST_MODE": "true"},
    )
    assert "hidden" not in line


def test_settings_print_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PRODUCTION | {"ENCRYPTION_OLD_KEYS": "hidden-old"})
    assert "hidden" not in repr(settings)
    assert "k" * 32 not in repr(settings)


def test_old_encryption_keys_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, LOCAL | {"ENCRYPTION_OLD_KEYS": "first, second,"}).old_encryption_keys == [
        "first",
        "second",
    ]


def test_settings_can_be_made_in_code_under_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = AcquirerSettings(
        gateway_env="local",
        database_url="postgresql://h/d",
        redis_url="redis://h",
        test_processing_delay_ms=5,
        processing_delay_min_ms=1,
    )
    assert (settings.test_processing_delay_ms, settings.processing_delay_min_ms) == (5, 1)
