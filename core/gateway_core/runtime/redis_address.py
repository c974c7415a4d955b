"""The Redis address that names Sentinels. One server's URL, redis:// or rediss://, redis-py reads itself.

    redis+sentinel://[user:password@]host:26379,host:26379/master/0?sentinel_username=…&sentinel_password=…

`rediss+sentinel` speaks TLS, to the Sentinels too, and takes `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile` and
`ssl_check_hostname`. What does not fit a URL is percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

ONE_SERVER = ("redis://", "rediss://")
DEFAULT_PORT = 26379
MAX_SENTINELS = 16
MAX_PARAMETERS = 16
MAX_PORT = 65535
EXPECTED = "must look like redis://host:port/0 or redis+sentinel://host:26379,host:26379/master/0"
# redis-py's Cluster client repeats a command at once, without a back-off, and runs MULTI on a thread with an event
# loop of its own: reading would break off at each restart of a node, and the process stand still while one hangs.
NO_CLUSTER = (
    "cannot be a Redis Cluster: give it one server, or Sentinels (redis+sentinel://host:26379/master/0)"
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


def parse_sentinel_address(url: str) -> SentinelAddress | None:
    """The Sentinels that `url` names; None for a URL of one server, which is not looked into.

    Raises ValueError with what is wrong, in words that repeat no part of the URL: any part may be a secret.
    """
    if url.startswith(ONE_SERVER):
        return None
    scheme, _, rest = url.partition("://")
    found = _SCHEME.fullmatch(scheme)
    if not found:
        raise ValueError(EXPECTED)
    if found["kind"] == "cluster":
        raise ValueError(NO_CLUSTER)
    place, _, query = rest.partition("?")
    authority, _, path = place.partition("/")
    userinfo, _, hosts = authority.rpartition("@")
    master, db = _master(path)
    parameters = _parameters(query, _SENTINEL_LOGIN | (_TLS if found["tls"] else frozenset()))
    return SentinelAddress(
        sentinels=_sentinels(hosts),
        master=master,
        db=db,
        tls=bool(found["tls"]),
        login=_userinfo(userinfo),
        sentinel_login=_login(parameters.get("sentinel_username"), parameters.get("sentinel_password")),
        tls_options=_tls_options(parameters),
    )


def _sentinels(hosts: str) -> tuple[tuple[str, int], ...]:
    texts = hosts.split(",", MAX_SENTINELS)
    if len(texts) > MAX_SENTINELS:
        raise ValueError(f"names more than {MAX_SENTINELS} Sentinels")
    return tuple(_host_and_port(text) for text in texts)


def _host_and_port(text: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    if not found:
        raise ValueError("needs host:port,host:port after the scheme and the credentials (percent-encoded)")
    port = int(found["port"] or DEFAULT_PORT)
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


def _parameters(query: str, known: frozenset[str]) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    parameters = dict(pairs)
    if len(parameters) < len(pairs) or parameters.keys() - known:
        raise ValueError(
            f"has a parameter twice or one it does not take; it takes {', '.join(sorted(known))}"
        )
    return parameters


def _tls_options(parameters: Mapping[str, str]) -> dict[str, str | bool]:
    options: dict[str, str | bool] = {name: parameters[name] for name in _TLS_FILES & parameters.keys()}
    if "ssl_check_hostname" in parameters:
        checked = _BOOLEANS.get(parameters["ssl_check_hostname"].lower())
        if checked is None:
            raise ValueError("has an ssl_check_hostname that is not true or false")
        options["ssl_check_hostname"] = checked
    return options
