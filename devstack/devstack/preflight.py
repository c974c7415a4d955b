"""What is checked before anything starts, so that a mistake is one clear line."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from devstack.errors import DevstackError
from devstack.ports import LOOPBACK, answers, is_taken
from devstack.services import Service
from devstack.settings import Settings

DEFAULT_POSTGRES_PORT = 5432
DEFAULT_REDIS_PORT = 6379
SEVERAL_SERVERS = ("+sentinel", "+cluster")


def refuse_taken_ports(settings: Settings, services: Sequence[Service]) -> None:
    """Raises DevstackError for the first port that cannot be had, with the variable that moves it."""
    wanted = [item for service in services for item in service.ports.items()]
    if settings.database_url is None:
        wanted.append(("POSTGRES_PORT", settings.port("POSTGRES_PORT")))
    if settings.redis_url is None:
        wanted.append(("REDIS_PORT", settings.port("REDIS_PORT")))
    variable_of: dict[int, str] = {}
    for variable, port in wanted:
        if port in variable_of:
            raise DevstackError(f"{variable_of[port]} and {variable} both come to port {port}: move one")
        variable_of[port] = variable
        if is_taken(port):
            raise DevstackError(f"port {port} is taken by another program: set {variable} to a free one")


def refuse_silent_servers(settings: Settings) -> None:
    """Raises DevstackError when DATABASE_URL or REDIS_URL is set and nothing answers there."""
    _refuse_silent("DATABASE_URL", settings.database_url, DEFAULT_POSTGRES_PORT)
    _refuse_silent("REDIS_URL", settings.redis_url, DEFAULT_REDIS_PORT)


def _refuse_silent(variable: str, url: str | None, default_port: int) -> None:
    if url is None or url.partition("://")[0].endswith(SEVERAL_SERVERS):
        return  # some of them may well be away
    try:
        address = urlsplit(url)
        host, port = address.hostname or LOOPBACK, address.port or default_port
    except ValueError as error:
        raise DevstackError(f"{variable} is no address: {error}") from None
    if not answers(host, port):
        raise DevstackError(f"{variable} names {host}:{port}, but nothing answers there")
