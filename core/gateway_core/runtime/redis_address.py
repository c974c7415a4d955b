"""The Redis address that names Sentinels or a Cluster. One server's URL, redis:// or rediss://, redis-py reads itself.

    redis+sentinel://[user:password@]host:26379,host:26379/master/0?sentinel_username=…&sentinel_password=…
    redis+cluster://[user:password@]host:6379,host:6379

`rediss+…` speaks TLS, to the Sentinels too, and takes `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile` and
`ssl_check_hostname`. What does not fit a URL is percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

ONE_SERVER = ("redis://", "rediss://")
SENTINEL_PORT = 26379
SERVER_PORT = 6379
MAX_HOSTS = 16
MAX_PARAMETERS = 16
MAX_PORT = 65535
EXPECTED = (
    "must look like redis://host:port/0, redis+sentinel://host:26379,host:26379/master/0"
    " or redis+cluster://host:6379,host:6379"
)

_SCHEME = re.compile(r"redis(?P<tls>s?)\+(?P<kind>sentinel|cluster)")
_HOST = re.compile(
    r"(?P<host>[A-Za-z0-9][A-Za-z0-9._-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(:(?P<port>[0-9]{1,5}))?"
)
# The characters that Sentinel itself allows in a name.
_MASTER = re.compile(r"(?P<master>[A-Za-z0-9._-]{1,128})(/(?P<db>[0-9]{1,4})?)?")
_TLS_FILES = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})
_TLS = _TLS_FILES | {"ssl_check_hostname"}
_SENTINEL_LOGIN = frozenset({"sentinel_username", "sentinel_password"})
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Sentinels that know where `master` is. The logins do not show in a repr."""

    sentinels: tuple[tuple[str, int], ...]
    master: str
    db: int = 0
    tls: bool = False
    login: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`username` and `password` at the servers, each only if given."""
    sentinel_login: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The same at the Sentinels."""
    tls_options: Mapping[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Servers of a Cluster, any of which knows where the others are. The login does not show in a repr."""

    seeds: tuple[tuple[str, int], ...]
    tls: bool = False
    login: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`username` and `password` at every server, each only if given."""
    tls_options: Mapping[str, str | bool] = field(default_factory=dict)


def parse_redis_address(url: str) -> SentinelAddress | ClusterAddress | None:
    """The Sentinels or the Cluster that `url` names; None for a URL of one server, which is not looked into.

    Raises ValueError with what is wrong, in words that repeat no part of the URL: any part may be a secret.
    """
    if url.startswith(ONE_SERVER):
        return None
    scheme, _, rest = url.partition("://")
    found = _SCHEME.fullmatch(scheme)
    if not found:
        raise ValueError(EXPECTED)
    place, _, query = rest.partition("?")
    authority, _, path = place.partition("/")
    userinfo, _, hosts = authority.rpartition("@")
    parts = _Parts(hosts, path, query, tls=bool(found["tls"]), login=_userinfo(userinfo))
    return _cluster(parts) if found["kind"] == "cluster" else _sentinels(parts)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A URL taken apart, as far as Sentinels and a Cluster have it in common."""

    hosts: str
    path: str
    query: str
    tls: bool
    login: Mapping[str, str]


def _sentinels(parts: _Parts) -> SentinelAddress:
    master, db = _master(parts.path)
    parameters = _parameters(parts, _SENTINEL_LOGIN)
    return SentinelAddress(
        sentinels=_hosts(parts.hosts, SENTINEL_PORT),
        master=master,
        db=db,
        tls=parts.tls,
        login=parts.login,
        sentinel_login=_login(parameters.get("sentinel_username"), parameters.get("sentinel_password")),
        tls_options=_tls_options(parameters),
    )


def _cluster(parts: _Parts) -> ClusterAddress:
    if parts.path not in ("", "0"):
        raise ValueError("names a database other than 0, the only one that a Cluster has")
    return ClusterAddress(
        seeds=_hosts(parts.hosts, SERVER_PORT),
        tls=parts.tls,
        login=parts.login,
        tls_options=_tls_options(_parameters(parts, frozenset())),
    )


def _hosts(hosts: str, default_port: int) -> tuple[tuple[str, int], ...]:
    texts = hosts.split(",", MAX_HOSTS)
    if len(texts) > MAX_HOSTS:
        raise ValueError(f"names more than {MAX_HOSTS} hosts")
    return tuple(_host_and_port(text, default_port) for text in texts)


def _host_and_port(text: str, default_port: int) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    if not found:
        raise ValueError("needs host:port,host:port after the scheme and the credentials (percent-encoded)")
    port = int(found["port"] or default_port)
    if not 0 < port <= MAX_PORT:
        raise ValueError(f"has a port that is not between 1 and {MAX_PORT}")
    return found["host"].strip("[]"), port


def _master(path: str) -> tuple[str, int]:
    found = _MASTER.fullmatch(path)
    if not found:
        raise ValueError("needs the name of the Sentinels' master, and a database or none: …/master/0")
    return found["master"], int(found["db"] or 0)


def _userinfo(text: str) -> dict[str, str]:
    username, separator, password = text.partition(":")
    if text and not separator:
        raise ValueError("has credentials that do not look like user:password@ or :password@")
    return _login(unquote(username), unquote(password))


def _login(username: str | None, password: str | None) -> dict[str, str]:
    if username and not password:
        raise ValueError("has a user without a password")
    return {name: value for name, value in (("username", username), ("password", password)) if value}


def _parameters(parts: _Parts, known: frozenset[str]) -> dict[str, str]:
    known |= _TLS if parts.tls else frozenset()
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    parameters = dict(pairs)
    if len(parameters) < len(pairs) or parameters.keys() - known:
        names = ", ".join(sorted(known)) or "none"
        raise ValueError(f"has a parameter twice or one it does not take; it takes {names}")
    return parameters


def _tls_options(parameters: Mapping[str, str]) -> dict[str, str | bool]:
    options: dict[str, str | bool] = {name: parameters[name] for name in _TLS_FILES & parameters.keys()}
    if "ssl_check_hostname" in parameters:
        checked = _BOOLEANS.get(parameters["ssl_check_hostname"].lower())
        if checked is None:
            raise ValueError("has an ssl_check_hostname that is not true or false")
        options["ssl_check_hostname"] = checked
    return options
