"""Which requests with a session's cookie the dashboard itself has made.

A cookie goes along with requests from other ports of the same host, too: SameSite does not tell ports apart. So who
acts must bring what only the dashboard's own pages can: their exact ``Origin``, ``Sec-Fetch-Site: same-origin``
(Fetch Metadata Request Headers, which no script sets) and a header that a form cannot send.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from api.session.cookie import Headers
from gateway_core.domain.errors import cross_site_refused

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
DASHBOARD_HEADER: Final = "X-Gateway-Dashboard"
# `none`: the person typed the address.
_READING_SITES: Final[tuple[list[bytes], ...]] = ([], [b"same-origin"], [b"none"])


def check_same_origin(method: str, headers: Headers, origins: Collection[str]) -> None:
    """FORBIDDEN_ERROR unless a request with a session's cookie comes from a dashboard at one of ``origins``."""
    sites = _values(headers, b"sec-fetch-site")
    if method in SAFE_METHODS:
        if sites not in _READING_SITES:
            raise cross_site_refused()
        return
    senders = _values(headers, b"origin")
    if (
        sites != [b"same-origin"]
        or len(senders) != 1
        or senders[0].decode("latin-1") not in origins
        or _values(headers, DASHBOARD_HEADER.lower().encode()) != [b"1"]
    ):
        raise cross_site_refused()


def _values(headers: Headers, wanted: bytes) -> list[bytes]:
    return [value for name, value in headers if name == wanted]
