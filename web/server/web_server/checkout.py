"""The checkout's addresses: the page, its files, and the SDK for merchants' sites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web_server import headers, static
from web_server.files import read_built
from web_server.origins import (
    AllowedOrigins,
    OrderNotFound,
    OriginsUnknown,
    is_order_id,
    leads_to_one_of,
)
from web_server.page import Template, View, choose_locale
from web_server.settings import WebSettings

MAX_RETURN_URL_CHARS = 2_000
_PINNED = re.compile(r"checkout\.[0-9a-f]{16}\.js")
# The floating script, the modules, and what pins a script. Any site may fetch these.
SDK_FILES = ("checkout.js", "checkout.mjs", "loader.mjs", "manifest.json")


@dataclass(frozen=True)
class Access:
    """Which sites an order's checkout may be framed by, and why the one that asks may not."""

    origins: tuple[str, ...] = ()
    refusal: str = ""


class Checkout:
    """The handlers; ``make_app`` gives them their addresses."""

    def __init__(self, settings: WebSettings, origins: AllowedOrigins) -> None:
        self._api = settings.public_api_url
        self._origins = origins
        self._files = read_built(settings.checkout_dist, needs="index.html")
        self._sdk = read_built(settings.sdk_dist, needs="checkout.js")
        self._template = Template(self._files, settings.public_api_url)

    async def page(self, request: Request) -> Response:
        """The one page; only ``/checkout`` may be framed, and only by the order's merchant."""
        order_id = request.query_params.get("order_id", "")
        return_url = request.query_params.get("return_url", "")[:MAX_RETURN_URL_CHARS]
        is_framed = request.url.path == "/checkout" and request.query_params.get("embedded") == "true"
        access = await self._access(order_id, request) if is_framed or return_url else Access()
        refusal = access.refusal if is_framed else ""
        view = View(
            locale=choose_locale(
                request.query_params.get("locale", ""), request.headers.get("accept-language", "")
            ),
            theme=request.query_params.get("theme", ""),
            order_path=f"/api/v1/orders/{quote(order_id)}/public"
            if is_order_id(order_id) and not refusal
            else "",
            return_url=return_url if leads_to_one_of(return_url, access.origins) else "",
            refusal=refusal,
        )
        # Whoever is refused may show the refusal: nothing can be done on that page.
        ancestors = headers.ANYBODY if refusal else access.origins
        sent = headers.page_headers(self._api, ancestors if is_framed else ())
        if is_framed:
            sent.update(headers.FRAMED)
        return static.html(request, self._template.render(view).encode(), sent)

    async def _access(self, order_id: str, request: Request) -> Access:
        """Without an answer from the API nobody has access: better than a page that anybody can frame."""
        if not order_id:
            return Access()
        try:
            origins = await self._origins.of(order_id)
        except OrderNotFound:
            return Access(refusal="order_not_found")
        except OriginsUnknown:
            return Access()
        # The SDK's frame sends its page's origin. This only explains; `frame-ancestors` is what keeps others out.
        shop = request.headers.get("referer", "")
        is_other = bool(shop) and not leads_to_one_of(shop, origins)
        return Access(origins, "origin_not_allowed" if is_other else "")

    async def asset(self, request: Request) -> Response:
        """A hashed file of the page."""
        name = f"assets/{request.path_params['name']}"
        return static.file(request, self._files, name, {"Cache-Control": headers.IMMUTABLE})

    async def icon(self, request: Request) -> Response:
        return static.file(request, self._files, "favicon.svg", {"Cache-Control": headers.FLOATING})

    async def sdk(self, request: Request) -> Response:
        """Open to any site: with ``crossorigin`` a browser checks ``integrity`` only on what CORS lets it read."""
        name = request.url.path.removeprefix("/")
        sent = {
            "Cache-Control": headers.FLOATING if name in SDK_FILES else headers.IMMUTABLE,
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return static.file(request, self._sdk, name, sent)

    def pinned(self) -> list[str]:
        """Scripts with a hash in their name: also older ones, as long as they lie there for those who pinned them."""
        return [name for name in self._sdk if _PINNED.fullmatch(name)]


def make_app(settings: WebSettings, origins: AllowedOrigins) -> Starlette:
    """The application. Raises NotBuilt if there is nothing to serve."""
    checkout = Checkout(settings, origins)
    pages = [Route(path, checkout.page) for path in ("/", "/checkout", "/success", "/failure")]
    sdk = [Route(f"/{name}", checkout.sdk) for name in (*SDK_FILES, *checkout.pinned())]
    files = [Route("/assets/{name}", checkout.asset), Route("/favicon.svg", checkout.icon)]
    health = [Route("/healthz", static.health)]
    return Starlette(
        routes=[*pages, *sdk, *files, *health], exception_handlers={HTTPException: static.refuse}
    )
