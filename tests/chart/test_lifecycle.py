"""Pods start, report their health, and stop as the processes in them do."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from api.settings import ApiSettings
from gateway_cli.migrate import MigrateSettings
from gateway_core.runtime.http_server import HealthServer
from gateway_core.runtime.lifecycle import HARD_EXIT_EXTRA_S
from gateway_core.runtime.settings import AcquirerSettings
from tests.chart.render import CHART, VALUE_SETS, Object, PodOf, deployed, named, of_kind, pods_of, render
from web_server.settings import WebSettings
from webhook_dispatcher.settings import DispatcherSettings
from worker.settings import WorkerSettings

SETTINGS: Mapping[str, type[BaseSettings]] = {
    "api": ApiSettings,
    "payment-processor": AcquirerSettings,
    "refund-processor": AcquirerSettings,
    "webhook-dispatcher": DispatcherSettings,
    "worker": WorkerSettings,
    "checkout": WebSettings,
    "dashboard": WebSettings,
    "migrate": MigrateSettings,
}
SECRETS = {
    "DATABASE_URL": "postgresql://u:p@db/payment_gateway",
    "REDIS_URL": "rediss://:p@redis:6380/0?ssl_ca_certs=/etc/gateway/tls/ca.crt",
    "ENCRYPTION_KEY": "k" * 32,
    "ENCRYPTION_OLD_KEYS": "",
}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


@pytest.fixture(params=VALUE_SETS)
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return render(request.param)


def _settings_of(pod: PodOf, monkeypatch: pytest.MonkeyPatch) -> BaseSettings:
    """What the process makes of the variables that the pod gives it, and of nothing else."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in pod.environment().items():
        monkeypatch.setenv(name, SECRETS.get(name, value))
    return SETTINGS[pod.component]()


def test_services_boot_with_what_they_are_given(
    objects: list[Object], monkeypatch: pytest.MonkeyPatch
) -> None:
    pods = [pod for pod in pods_of(objects) if pod.component in SETTINGS]
    assert pods
    for pod in pods:
        settings = _settings_of(pod, monkeypatch)
        ports = {each["name"]: each["containerPort"] for each in pod.spec["containers"][0].get("ports", ())}
        for name, port in ports.items():
            assert getattr(settings, {"http": "port", "metrics": "metrics_port"}[name]) == port
        assert getattr(settings, "bind_host") in {"0.0.0.0", "::"}  # noqa: B009 - not in the common base class


def test_variables_are_known_to_their_service(objects: list[Object]) -> None:
    """A misspelt one would be ignored in silence."""
    for pod in pods_of(of_kind(objects, "Deployment")):
        fields = SETTINGS[pod.component].model_fields.items()
        known = {str(field.validation_alias or name).upper() for name, field in fields}
        unknown = set(pod.environment()) - known
        assert {
            name for name in unknown if not name.startswith(("OTEL_", "PG", "TEST_", "WEBHOOK_"))
        } == set()


def test_commands_are_modules_that_exist(objects: list[Object]) -> None:
    for pod in pods_of(objects):
        if pod.component in SETTINGS:
            command = pod.spec["containers"][0]["command"]
            if pod.component == "migrate":
                assert command == ["gateway", "migrate"]
            else:
                assert command[:2] == ["python", "-m"]
                assert importlib.util.find_spec(command[2]) is not None


async def test_probes_ask_for_what_the_processes_answer(objects: list[Object]) -> None:
    server = HealthServer(0, {})
    for pod in deployed(objects).values():
        (container,) = pod.spec["containers"]
        for probe in PROBES:
            asked = container[probe]["httpGet"]
            status, _, _ = await server._answer("GET", asked["path"])
            assert (status, asked["port"]) == (200, "metrics")
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_a_pod_is_given_more_time_than_its_process_takes(objects: list[Object]) -> None:
    for pod in deployed(objects).values():
        (container,) = pod.spec["containers"]
        waits_s = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        drains_s = float(pod.environment()["SHUTDOWN_GRACE_S"]) + HARD_EXIT_EXTRA_S
        assert pod.spec["terminationGracePeriodSeconds"] > waits_s + drains_s


def test_a_pod_leaves_its_endpoints_before_it_stops_listening() -> None:
    for pod in deployed(render("production")).values():
        assert pod.spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] >= 3


def test_the_api_itself_answers_while_postgresql_fails_over() -> None:
    """Every pod asks the same database: once all are not ready, clients get whatever an ingress says without any."""
    (container,) = deployed(render("production"))["api"].spec["containers"]
    readiness = container["readinessProbe"]
    assert readiness["periodSeconds"] * readiness["failureThreshold"] >= 60


def test_migrations_come_before_the_pods_that_need_them() -> None:
    job = named(render("production"), "Job", "-migrate")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert "before-hook-creation" in job["metadata"]["annotations"]["helm.sh/hook-delete-policy"]


def test_the_bundled_database_is_migrated_by_those_who_use_it() -> None:
    """A hook before the release would wait for a database that comes with it; one after it, `--wait` would deadlock."""
    objects = render("evaluation")
    assert of_kind(objects, "Job") == []
    for pod in deployed(objects).values():
        uses_it = "DATABASE_URL" in pod.environment()
        assert [each["name"] for each in pod.spec.get("initContainers", ())] == ["migrate"] * uses_it


def test_bundled_servers_answer_under_the_names_in_the_documented_urls() -> None:
    objects = render("evaluation", options=("--set", "fullnameOverride=gateway"))
    names = {each["metadata"]["name"] for each in of_kind(objects, "Service")}
    assert {"gateway-postgresql", "gateway-redis"} <= names
    readme = (CHART / "README.md").read_text(encoding="utf-8")
    assert "@gateway-postgresql:5432/payment_gateway" in readme
    assert "redis://gateway-redis:6379" in readme


@pytest.mark.integration
@pytest.mark.parametrize(("is_ready", "code", "said"), [(True, 0, "ok"), (False, 1, "HTTP Error 503")])
async def test_helm_test_says_who_is_not_ready(is_ready: bool, code: int, said: str) -> None:
    async with HealthServer(0, {"database": lambda: is_ready}) as server:
        url = f"http://127.0.0.1:{server.port}/readyz"
        script = str(CHART / "files" / "ready.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable, script, "1", url, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await asyncio.wait_for(process.communicate(), timeout=30)
    assert (process.returncode, output.decode().startswith(f"{url} {said}")) == (code, True)


def test_helm_test_asks_every_service() -> None:
    for values in ("production", "combined", "ingress"):
        objects = render(values)
        (pod,) = [pod for pod in pods_of(objects) if pod.component == "test"]
        urls = pod.spec["containers"][0]["command"][4:]
        hosts = {url.split("/")[2].partition(":")[0] for url in urls}
        assert hosts == {each["metadata"]["name"] for each in of_kind(objects, "Service")}


def test_an_upgrade_changes_nothing_immutable(tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    shutil.copytree(CHART, chart)
    about = (chart / "Chart.yaml").read_text(encoding="utf-8")
    (chart / "Chart.yaml").write_text(about.replace("0.1.0", "9.8.7"), encoding="utf-8")
    for values in ("production", "evaluation"):
        before, after = render(values), render(values, chart=chart, options=("--set", "image.tag=9.8.7"))
        assert _immutable(before) == _immutable(after)
        assert before != after


def _immutable(objects: list[Object]) -> dict[str, object]:
    """Fields that the API server refuses to change; a hook Job is deleted before it is made again."""
    frozen: dict[str, object] = {}
    for each in of_kind(objects, "Deployment", "StatefulSet"):
        spec = each["spec"]
        kept = {field: spec.get(field) for field in ("selector", "serviceName", "volumeClaimTemplates")}
        frozen[f"{each['kind']}/{each['metadata']['name']}"] = kept
    return frozen


def test_an_upgrade_of_the_chart_alone_restarts_nothing(tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    shutil.copytree(CHART, chart)
    about = (chart / "Chart.yaml").read_text(encoding="utf-8")
    (chart / "Chart.yaml").write_text(about.replace("version: 0.1.0", "version: 0.1.1"), encoding="utf-8")
    before, after = render("production"), render("production", chart=chart)
    assert before != after
    assert list(pods_of(of_kind(before, "Deployment"))) == list(pods_of(of_kind(after, "Deployment")))
