"""The gateway's processes; add another one here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from devstack.settings import Settings


@dataclass(frozen=True)
class Service:
    """One process: how it is started, how it is known to be healthy (GET answers 2xx), which ports it listens
    on.
    """

    name: str
    command: tuple[str, ...]
    health_url: str
    ports: Mapping[str, int]  # variable that moves it -> port
    env: Mapping[str, str] = field(default_factory=dict)


def gateway_services(settings: Settings) -> list[Service]:
    """In the order of their start; they are stopped in the same order, so the API takes no work first."""
    return [
        _api(settings),
        _worker(settings, "payment_processor", 1),
        _worker(settings, "refund_processor", 2),
        _worker(settings, "webhook_dispatcher", 3),
        _checkout(settings),
        _dashboard(settings),
        _receiver(settings),
    ]


def gateway_environment(settings: Settings, database_url: str, redis_url: str) -> dict[str, str]:
    """The environment of every process: the user's own, with local evaluation defaults where it has none."""
    defaults = {"GATEWAY_ENV": "local", "LOG_FORMAT": "text"}
    chosen = {name: str(port) for name, port in settings.ports.items()}
    fixed = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "PYTHONUNBUFFERED": "1"}
    return defaults | dict(settings.environment) | chosen | fixed


def migrate_command() -> tuple[str, ...]:
    """Runs to its end before any service starts."""
    return (*_python("gateway_cli"), "migrate")


def _api(settings: Settings) -> Service:
    port = settings.port("API_PORT")
    metrics_port = settings.metrics_port(0)
    return Service(
        name="api",
        command=_python("api"),
        health_url=f"http://127.0.0.1:{port}/health",
        ports={"API_PORT": port, "METRICS_PORT_BASE": metrics_port},
        env={
            "PORT": str(port),
            "METRICS_PORT": str(metrics_port),
            "CHECKOUT_ORIGINS": _origins(settings, "CHECKOUT_ORIGINS", "CHECKOUT_PORT"),
            "DASHBOARD_ORIGINS": _origins(settings, "DASHBOARD_ORIGINS", "DASHBOARD_PORT"),
        },
    )


def _origins(settings: Settings, variable: str, port_variable: str) -> str:
    """What the user has set, else this machine under the port."""
    port = settings.port(port_variable)
    return settings.environment.get(variable) or f"http://localhost:{port},http://127.0.0.1:{port}"


def _worker(settings: Settings, module: str, metrics_offset: int) -> Service:
    metrics_port = settings.metrics_port(metrics_offset)
    return Service(
        name=module,
        command=_python(module),
        health_url=f"http://127.0.0.1:{metrics_port}/readyz",
        ports={"METRICS_PORT_BASE": metrics_port},
        env={"METRICS_PORT": str(metrics_port)},
    )


def _checkout(settings: Settings) -> Service:
    port = settings.port("CHECKOUT_PORT")
    metrics_port = settings.metrics_port(4)
    return Service(
        name="checkout",
        command=(*_python("web_server"), "checkout"),
        health_url=f"http://127.0.0.1:{port}/healthz",
        ports={"CHECKOUT_PORT": port, "METRICS_PORT_BASE": metrics_port},
        env={
            "PORT": str(port),
            "METRICS_PORT": str(metrics_port),
            "PUBLIC_API_URL": f"http://localhost:{settings.port('API_PORT')}",
        },
    )


def _dashboard(settings: Settings) -> Service:
    port = settings.port("DASHBOARD_PORT")
    metrics_port = settings.metrics_port(5)
    return Service(
        name="dashboard",
        command=(*_python("web_server"), "dashboard"),
        health_url=f"http://127.0.0.1:{port}/healthz",
        ports={"DASHBOARD_PORT": port, "METRICS_PORT_BASE": metrics_port},
        env={
            "PORT": str(port),
            "METRICS_PORT": str(metrics_port),
            "API_URL": f"http://127.0.0.1:{settings.port('API_PORT')}",
            "PUBLIC_API_URL": f"http://localhost:{settings.port('API_PORT')}",
            "PUBLIC_CHECKOUT_URL": f"http://localhost:{settings.port('CHECKOUT_PORT')}",
        },
    )


def _receiver(settings: Settings) -> Service:
    port = settings.port("RECEIVER_PORT")
    return Service(
        name="receiver",
        command=_python("merchant"),
        health_url=f"http://127.0.0.1:{port}/",
        ports={"RECEIVER_PORT": port},
        env={
            "WEBHOOK_LOGS": settings.environment.get("WEBHOOK_LOGS")
            or str(settings.home / "webhook-logs.json")
        },
    )


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module)
