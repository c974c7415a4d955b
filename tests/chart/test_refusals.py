"""The chart refuses invalid values with a message that names them."""

from __future__ import annotations

import pytest

from tests.chart.render import CHART, RELEASE, helm, render, value_files

TEST_VARIABLES = (
    "TEST_MODE", "TEST_ENDPOINTS", "WEBHOOK_RETRY_INTERVALS_TEST", "WEBHOOK_ALLOW_PRIVATE", "TEST_PROCESSING_DELAY",
    "TEST_PAYMENT_SUCCESS", "TEST_MERCHANT_EMAIL", "TEST_API_KEY", "TEST_API_SECRET",
)  # fmt: skip
SEEDED = (
    "key_test_abc123", "secret_test_xyz789", "whsec_test_abc123", "gateway_pass",
    "local-evaluation-only-encryption-key",
)  # fmt: skip
CREDENTIALS = (
    "DATABASE_URL",
    "REDIS_URL",
    "ENCRYPTION_KEY",
    "ENCRYPTION_OLD_KEYS",
    "SMTP_PASSWORD",
    "API_TOKEN",
)
SET_BY_THE_CHART = ("GATEWAY_ENV", "BIND_HOST", "PORT", "METRICS_PORT", "SHUTDOWN_GRACE_S")


def _refusal(*sets: str, values: str = "production") -> str:
    options = [text for each in sets for text in (_option(each), each)]
    done = helm("template", RELEASE, str(CHART), *value_files(values), *options)
    assert done.returncode != 0, f"accepted: {sets}"
    return done.stderr


def _option(setting: str) -> str:
    if setting.endswith("[]"):
        return "--set-json"
    return "--set-string" if "env." in setting else "--set"


@pytest.mark.parametrize(
    "path",
    ["testMode", "shortWebhookRetries", "postgresql.enabled", "redis.enabled"],
)
def test_production_refuses_what_is_for_evaluations(path: str) -> None:
    assert f"at '/evaluation/{path.replace('.', '/')}': value must be false" in _refusal(
        f"evaluation.{path}=true"
    )


@pytest.mark.parametrize("variable", TEST_VARIABLES)
@pytest.mark.parametrize("where", ["defaults", "services.api", "services.worker"])
def test_production_refuses_variables_of_test_mode(where: str, variable: str) -> None:
    said = _refusal(f"{where}.env.{variable}=true")
    assert f"at '/{where.replace('.', '/')}/env/{variable}': false schema" in said


@pytest.mark.parametrize("variable", TEST_VARIABLES)
def test_production_refuses_them_as_extra_variables_too(variable: str) -> None:
    item = "services.api.extraEnv[0]"
    said = _refusal(f"{item}.name={variable},{item}.valueFrom.fieldRef.fieldPath=metadata.name")
    assert "at '/services/api/extraEnv/0/name': 'not' failed" in said


@pytest.mark.parametrize("text", SEEDED)
def test_production_refuses_published_credentials(text: str) -> None:
    assert "at '/services/api/env/SOMETHING': 'not' failed" in _refusal(f"services.api.env.SOMETHING={text}")


@pytest.mark.parametrize("values", ["production", "evaluation"])
@pytest.mark.parametrize("variable", CREDENTIALS)
def test_credentials_come_from_secrets_only(values: str, variable: str) -> None:
    assert f"at '/services/api/env/{variable}'" in _refusal(f"services.api.env.{variable}=x", values=values)
    item = "services.api.extraEnv[0]"
    said = _refusal(f"{item}.name={variable},{item}.value=x", values=values)
    assert "at '/services/api/extraEnv/0': missing property 'valueFrom'" in said


def test_a_url_with_a_password_is_no_plain_setting() -> None:
    said = _refusal("services.api.env.OTHER=postgresql://user:hidden@host/db")
    assert "at '/services/api/env/OTHER': 'not' failed" in said
    assert "hidden" not in said


@pytest.mark.parametrize("variable", SET_BY_THE_CHART)
def test_what_the_chart_sets_cannot_be_set_twice(variable: str) -> None:
    assert f"at '/defaults/env/{variable}': false schema" in _refusal(f"defaults.env.{variable}=1")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("enviroment=local", "additional properties 'enviroment' not allowed"),
        ("services.api.replica=2", "additional properties 'replica' not allowed"),
        ("environment=staging", "at '/environment': value must be one of 'production', 'local'"),
        ("services.payment-processor.autoscaling.min=0", "minimum: got 0, want 1"),
        ("services.api.autoscaling.min=20", "services.api.autoscaling: min is greater than max"),
        (
            "services.api.shutdown.extraSeconds=1",
            "at '/services/api/shutdown/extraSeconds': minimum: got 1, want 5",
        ),
        (
            "services.refund-processor.enabled=false",
            "no enabled service works off the queue refund-processing",
        ),
        ("services.api.queues={cards}", "at '/services/api/queues/0': value must be one of"),
        (
            "services.checkout.network.calls={ledger}",
            '"ledger" is called by another service, but there is no enabled',
        ),
        ("services.api.enabled=false", '"api" is called by another service, but there is no enabled'),
        (
            "services.worker.secretEnv={WEBHOOK_ALLOW_PRIVATE}",
            "at '/services/worker/secretEnv/0': 'not' failed",
        ),
        ("services.api.secretEnv={LICENSE}", "secretRefs does not say where LICENSE comes from"),
        ("services.api.image.digest=latest", "at '/services/api/image/digest'"),
        ("services.Api.enabled=true", "invalid propertyName 'Api'"),
        ("monitoring.scrape=none", "autoscaling reads Prometheus, so monitoring.scrape must not be none"),
        ("security.runAsUser=0", "at '/security/runAsUser': minimum: got 0, want 1"),
        ("serviceAccount.create=false", "serviceAccount.name must name an existing one"),
        ("existingSecret=", "at '/existingSecret': minLength: got 0, want 1"),
        ("publicUrls.api=http://api.example.com", "at '/publicUrls/api'"),
        ("migration.service=ledger", 'migration.service: there is no service "ledger"'),
        ("networkPolicy.database.to=null", "at '/networkPolicy/database': missing property 'to'"),
        ("networkPolicy.redis.to=[]", "at '/networkPolicy/redis/to': minItems: got 0, want 1"),
        ("autoscaling.keda.prometheus.authModes=token", "at '/autoscaling/keda/prometheus/authModes'"),
        ("nameOverride=My_Shop", '"shop-My_Shop" cannot begin the name of a Service'),
        ("metricsPort=80", "at '/metricsPort': minimum: got 80, want 1,024"),
    ],
)
def test_mistakes_are_named(value: str, said: str) -> None:
    assert said in _refusal(value)


@pytest.mark.parametrize("release", ["2nd", "shop.eu"])
def test_a_release_whose_name_no_service_can_have_is_refused(release: str) -> None:
    done = helm("template", release, str(CHART), *value_files("production"))
    assert f'"{release}-payment-gateway" cannot begin the name of a Service' in done.stderr


def test_an_ingress_needs_a_host() -> None:
    hosts = "ingress.hosts.api=,ingress.hosts.checkout=,ingress.hosts.dashboard="
    assert "at '/ingress/hosts': 'anyOf' failed" in _refusal(hosts)


def test_a_local_environment_may_do_all_that() -> None:
    assert render(
        "evaluation", options=("--set-string", "services.api.env.TEST_MERCHANT_EMAIL=a@example.com")
    )
