"""What environment variables do to ports and to the processes' environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from stack_tools import free_ports

from devstack.commands import operator_environment
from devstack.errors import DevstackError
from devstack.home import State
from devstack.preflight import refuse_silent_servers, refuse_taken_ports
from devstack.services import gateway_environment, gateway_services
from devstack.settings import read_settings


def test_default_ports_are_the_contracts() -> None:
    ports = read_settings({}).ports
    assert ports["API_PORT"] == 8000
    assert ports["POSTGRES_PORT"] == 5432
    assert ports["REDIS_PORT"] == 6379
    assert ports["RECEIVER_PORT"] == 4000


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80 80"])
def test_a_port_that_is_no_port_is_refused(value: str) -> None:
    with pytest.raises(DevstackError, match=r"REDIS_PORT=.* is not a port"):
        read_settings({"REDIS_PORT": value})


def test_the_last_of_the_metrics_ports_must_be_one_too() -> None:
    assert read_settings({"METRICS_PORT_BASE": "65530"}).metrics_port(5) == 65_535
    with pytest.raises(DevstackError, match="give a number from 1 to 65530"):
        read_settings({"METRICS_PORT_BASE": "65531"})


def test_one_port_for_two_processes_is_refused_before_anything_starts() -> None:
    first = free_ports(12)
    names = ("DASHBOARD_PORT", "CHECKOUT_PORT", "RECEIVER_PORT", "POSTGRES_PORT", "REDIS_PORT")
    ports = {name: str(first + offset) for offset, name in enumerate(names)}
    clash = read_settings(ports | {"METRICS_PORT_BASE": str(first + 6), "API_PORT": str(first + 7)})
    with pytest.raises(DevstackError, match=f"^API_PORT and METRICS_PORT_BASE both come to port {first + 7}"):
        refuse_taken_ports(clash, gateway_services(clash))


def test_port_moves_the_api_unless_api_port_does() -> None:
    assert read_settings({"PORT": "8100"}).port("API_PORT") == 8100
    assert read_settings({"PORT": "8100", "API_PORT": "8200"}).port("API_PORT") == 8200


def test_gateway_home_moves_the_data() -> None:
    assert read_settings({"GATEWAY_HOME": "/srv/gateway"}).home == Path("/srv/gateway")


def test_every_process_has_ports_of_its_own() -> None:
    services = gateway_services(read_settings({"METRICS_PORT_BASE": "9200"}))
    ports = [port for service in services for port in service.ports.values()]
    assert len(ports) == len(set(ports))
    metrics = {service.name: service.env.get("METRICS_PORT") for service in services}
    assert metrics == {
        "api": "9200",
        "payment_processor": "9201",
        "refund_processor": "9202",
        "webhook_dispatcher": "9203",
        "checkout": "9204",
        "dashboard": "9205",
        "receiver": None,
    }


def test_the_users_variables_reach_the_processes() -> None:
    settings = read_settings({"TEST_MODE": "true", "GATEWAY_ENV": "production", "LOG_FORMAT": "json"})
    env = gateway_environment(settings, "postgresql://db", "redis://queue")
    assert env["TEST_MODE"] == "true"
    assert env["GATEWAY_ENV"] == "production"
    assert env["LOG_FORMAT"] == "json"
    assert env["DATABASE_URL"] == "postgresql://db"
    assert env["RECEIVER_PORT"] == "4000"


@pytest.mark.parametrize("chosen", [{}, {"DATABASE_URL": "postgresql://db"}])
def test_the_operators_command_finds_the_gateway_that_runs(chosen: dict[str, str]) -> None:
    env = operator_environment(read_settings(chosen), State(1, database_url="postgresql://db"))
    assert (env["DATABASE_URL"], env["GATEWAY_ENV"]) == ("postgresql://db", "local")


@pytest.mark.parametrize("state", [None, State(1), State(1, database_url="postgresql://db")])
def test_the_operators_command_takes_no_other_database_for_a_local_one(state: State | None) -> None:
    chosen = {"DATABASE_URL": "postgresql://production"}
    assert operator_environment(read_settings(chosen), state) == chosen


def test_the_default_is_local_evaluation() -> None:
    env = gateway_environment(read_settings({}), "postgresql://db", "redis://queue")
    assert env["GATEWAY_ENV"] == "local"


@pytest.mark.parametrize(("page", "port"), [("CHECKOUT", 3001), ("DASHBOARD", 3000)])
def test_the_api_knows_where_the_pages_are_served_from(page: str, port: int) -> None:
    def told(**environment: str) -> str:
        (api,) = [each for each in gateway_services(read_settings(environment)) if each.name == "api"]
        return api.env[f"{page}_ORIGINS"]

    assert told() == f"http://localhost:{port},http://127.0.0.1:{port}"
    assert told(**{f"{page}_PORT": "3101"}) == "http://localhost:3101,http://127.0.0.1:3101"
    assert told(**{f"{page}_ORIGINS": "https://pay.example"}) == "https://pay.example"


@pytest.mark.parametrize("variable", ["DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize(
    "url", ["postgresql://127.0.0.1:99999/x", "redis://[::1:6379/0", "redis://host:port"]
)
def test_an_address_that_is_none_is_one_clear_line(variable: str, url: str) -> None:
    with pytest.raises(DevstackError, match=f"^{variable} is no address: "):
        refuse_silent_servers(read_settings({variable: url}))


@pytest.mark.parametrize("url", ["redis+sentinel://:word@{}/m", "rediss+cluster://:word@{}"])
def test_sentinels_and_clusters_are_left_to_the_services(url: str) -> None:
    """Some of them may well be away, and none of them need be the server."""
    refuse_silent_servers(read_settings({"REDIS_URL": url.format("127.0.0.1:1,127.0.0.1:2")}))
