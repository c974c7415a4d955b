"""docker-compose.yml on a real engine: a user's commands, killed containers, and containers' privileges."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from typing import Any

import httpx
import pytest
from aiohttp import web

from gateway_core.testing.factories import eventually, free_port
from tests.compose.compose_kit import SERVICES, compose, docker, inspect, run_published
from tests.e2e.published_curls import (
    CHECK_PAYMENT,
    CREATE_ORDER,
    CREATE_PAYMENT,
    IDEMPOTENT_PAYMENT,
    WEBHOOK_LOGS,
    run_curl,
)

pytestmark = [pytest.mark.compose, pytest.mark.e2e, pytest.mark.usefixtures("gateway")]

KEYS = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}
API = "http://localhost:8000"
FINAL_TIMEOUT_S = 60.0
SCRAPED = ("api", "worker", "dashboard", "checkout")
PAYMENTS = 20
CONTAINERS = (
    "pg_gateway",
    "redis_gateway",
    "gateway_api",
    "gateway_worker",
    "gateway_dashboard",
    "gateway_checkout",
)


async def pay(client: httpx.AsyncClient, vpa: str = "success@bank") -> str:
    """The id of a new payment of a new order."""
    order = await client.post("/api/v1/orders", json={"amount": 50_000})
    assert order.status_code == 201, order.text
    body = {"order_id": order.json()["id"], "method": "upi", "vpa": vpa}
    payment = await client.post("/api/v1/payments", json=body)
    assert payment.status_code == 201, payment.text
    return str(payment.json()["id"])


async def until_status(client: httpx.AsyncClient, path: str, *wanted: str) -> None:
    async def reached() -> bool:
        return (await client.get(path)).json()["status"] in wanted

    await eventually(reached, timeout_s=FINAL_TIMEOUT_S)


def violations() -> str:
    return compose("exec", "--no-TTY", "api", "gateway", "invariants")


def test_the_six_services_are_healthy_under_their_names() -> None:
    assert [inspect(name)["State"]["Health"]["Status"] for name in CONTAINERS] == ["healthy"] * len(SERVICES)


@pytest.mark.parametrize("step", ["test", "verify"])
def test_what_submission_yml_says_holds(step: str) -> None:
    run_published(step)


async def test_the_published_commands_answer() -> None:
    order = await run_curl(CREATE_ORDER)
    payment = await run_curl(CREATE_PAYMENT, order_xxx=order["id"])
    assert payment["status"] == "pending"

    async def final() -> bool:
        public = await run_curl(CHECK_PAYMENT, pay_abc123xyz=payment["id"])
        return public["status"] in {"success", "failed"}

    await eventually(final, timeout_s=FINAL_TIMEOUT_S)
    assert set(await run_curl(WEBHOOK_LOGS)) == {"data", "total", "limit", "offset"}
    another = await run_curl(CREATE_ORDER)
    first = await run_curl(IDEMPOTENT_PAYMENT, order_123=another["id"])
    assert await run_curl(IDEMPOTENT_PAYMENT, order_123=another["id"]) == first


@pytest.mark.parametrize("port", [3000, 3001])
def test_the_pages_are_served(port: int) -> None:
    with urllib.request.urlopen(f"http://localhost:{port}/", timeout=10) as answer:
        assert "React" in answer.read().decode()


@pytest.mark.parametrize("name", ["gateway_api", "gateway_worker", "gateway_dashboard", "gateway_checkout"])
def test_a_container_may_do_little(name: str) -> None:
    told = inspect(name)
    assert told["Config"]["User"] == "10001:10001"
    assert told["HostConfig"]["ReadonlyRootfs"]
    assert told["HostConfig"]["CapDrop"] == ["ALL"]
    command = ["docker", "exec", name, "python", "-c", "open('/opt/gateway/x', 'w')"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Read-only file system" in refused.stderr


def test_published_credentials_are_for_this_machine_only() -> None:
    for name in CONTAINERS:
        for bindings in inspect(name)["HostConfig"]["PortBindings"].values():
            assert {binding["HostIp"] for binding in bindings} == {"127.0.0.1"}


async def test_a_receiver_on_this_machine_is_reached_by_name() -> None:
    received: list[bytes] = []

    async def receive(request: web.Request) -> web.Response:
        received.append(await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhook", receive)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    try:
        await web.TCPSite(runner, "0.0.0.0", port).start()  # containers do not come over the loopback
        async with httpx.AsyncClient(base_url=API, headers=KEYS) as client:
            await configure_webhooks(client, f"http://host.docker.internal:{port}/webhook")
            assert (await client.post("/api/v1/webhooks/test")).status_code == 200
            await eventually(lambda: bool(received), timeout_s=FINAL_TIMEOUT_S)
    finally:
        await runner.cleanup()
    assert json.loads(received[0])["event"] == "webhook.test"


async def configure_webhooks(client: httpx.AsyncClient, url: str) -> None:
    config = {"webhook_url": url, "webhook_secret": "whsec_test_abc123"}
    assert (await client.put("/api/v1/webhooks/config", json=config)).status_code == 200


async def test_down_and_up_again_keeps_the_data_and_the_work() -> None:
    async with httpx.AsyncClient(base_url=API, headers=KEYS) as client:
        payment_id = await pay(client)
        compose("down")
        compose("up", "--detach")
        compose("up", "--detach", "--wait", *SERVICES)
        await until_status(client, f"/api/v1/payments/{payment_id}", "success")
    violations()


@pytest.mark.parametrize("name", ["gateway_api", "gateway_worker", "gateway_dashboard", "gateway_checkout"])
def test_sigterm_ends_it_cleanly(name: str) -> None:
    docker("stop", name)
    assert inspect(name)["State"]["ExitCode"] == 0
    compose("up", "--detach", "--wait", *SERVICES)


async def test_a_killed_worker_loses_nothing() -> None:
    async with httpx.AsyncClient(base_url=API, headers=KEYS) as client:
        payments = [await pay(client) for _ in range(PAYMENTS)]
        docker("kill", "--signal", "KILL", "gateway_worker")
        payments += [await pay(client) for _ in range(PAYMENTS)]
        compose("up", "--detach", "--wait", *SERVICES)
        for payment_id in payments:
            await until_status(client, f"/api/v1/payments/{payment_id}", "success")
    violations()


@pytest.mark.usefixtures("scaled")
async def test_scaled_out_a_kill_of_each_worker_loses_nothing() -> None:
    async with httpx.AsyncClient(base_url=API, headers=KEYS) as client:
        await configure_webhooks(client, "http://host.docker.internal:4000/webhook")
        payments = [await pay(client) for _ in range(PAYMENTS)]
        kill_and_restart("payment-worker")
        refunds = [await refunded(client, payment_id) for payment_id in payments]
        kill_and_restart("refund-worker")
        kill_and_restart("webhook-worker")
        for refund_id in refunds:
            await until_status(client, f"/api/v1/refunds/{refund_id}", "processed")
        await eventually(lambda: all_delivered(client), timeout_s=FINAL_TIMEOUT_S)
    violations()


def kill_and_restart(service: str) -> None:
    """The engine starts no container again that somebody killed by hand."""
    containers = compose("--profile", "scaled", "ps", "--quiet", service).split()
    docker("kill", "--signal", "KILL", *containers)
    docker("start", *containers)


async def refunded(client: httpx.AsyncClient, payment_id: str) -> str:
    await until_status(client, f"/api/v1/payments/{payment_id}", "success")
    refund = await client.post(f"/api/v1/payments/{payment_id}/refunds", json={"amount": 10_000})
    assert refund.status_code == 201, refund.text
    return str(refund.json()["id"])


async def all_delivered(client: httpx.AsyncClient) -> bool:
    """Three events for each payment and two for each refund, none of them given up or waiting."""
    log: Any = (await client.get("/api/v1/webhooks", params={"limit": 100})).json()
    return log["total"] >= 5 * PAYMENTS and {each["status"] for each in log["data"]} == {"success"}


@pytest.mark.usefixtures("observed")
async def test_prometheus_scrapes_every_process_and_grafana_has_the_dashboards() -> None:
    async with httpx.AsyncClient() as client:

        async def all_up() -> bool:
            asked = await client.get("http://localhost:9090/api/v1/query", params={"query": "up"})
            found = {
                each["metric"].get("service"): each["value"][1] for each in asked.json()["data"]["result"]
            }
            return {found.get(service) for service in SCRAPED} == {"1"}

        await eventually(all_up, timeout_s=FINAL_TIMEOUT_S)
        rules = (await client.get("http://localhost:9090/api/v1/rules")).json()["data"]["groups"]
        assert any(rule["type"] == "alerting" for group in rules for rule in group["rules"])
        assert (await client.get("http://localhost:3002/api/health")).status_code == 200


def test_the_operators_command_is_in_the_api() -> None:
    assert "test@example.com" in compose("exec", "--no-TTY", "api", "gateway", "merchants", "list")


def test_no_test_code_is_in_an_image() -> None:
    look = "import os; print(*os.listdir('/opt/gateway/app'), *os.listdir('/opt/gateway/app/gateway_core'))"
    listed = compose("exec", "--no-TTY", "api", "python", "-c", look).split()
    assert {"api", "gateway_cli", "gateway_core", "runtime"} <= set(listed)
    assert not {"testing", "tests", "payment_processor", "devstack"} & set(listed)


@pytest.mark.parametrize("service", ["payment_processor", "refund_processor", "webhook_dispatcher"])
async def test_the_image_for_one_queue_works_and_stops(service: str) -> None:
    """The chart's, which this file's services do without. Its user is none that the image knows, as on OpenShift."""
    build = ("build", "--quiet", "--build-arg", f"SERVICE={service}", ".")
    image = docker(*build).strip()
    worker = inspect("gateway_worker")
    variables = [text for each in worker["Config"]["Env"] for text in ("--env", each)]
    (network,) = worker["NetworkSettings"]["Networks"]
    bounds = ("--read-only", "--cap-drop", "ALL", "--user", "1000650000:0", "--network", network)
    container = docker("run", "--detach", *bounds, *variables, image).strip()
    try:
        await eventually(
            lambda: inspect(container)["State"]["Health"]["Status"] == "healthy", timeout_s=FINAL_TIMEOUT_S
        )
        docker("stop", container)
        assert inspect(container)["State"]["ExitCode"] == 0
    finally:
        docker("rm", "--force", container)
