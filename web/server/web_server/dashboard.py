"""The dashboard's addresses: its one page under each of its routes, its files, and the API on the same origin."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from web_server import headers, static
from web_server.files import read_built
from web_server.settings import WebSettings

# The page's own routes (web/dashboard/src/app/paths.ts); any other address is a 404.
PAGES = (
    "/",
    "/login",
    "/dashboard",
    "/dashboard/transactions",
    "/dashboard/transactions/{id}",
    "/dashboard/webhooks",
    "/dashboard/webhooks/{id}",
    "/dashboard/keys",
    "/dashboard/settings",
    "/dashboard/docs",
)


NOT_FOUND = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>There is no such page</title>'
    '<h1>There is no such page</h1><p>Check the address, or <a href="/dashboard">go to the dashboard</a>.</p></html>'
)


async def refuse(request: Request, error: Exception) -> Response:
    """A 404 shows people the way home."""
    refused = await static.refuse(request, error)
    if refused.status_code != 404 or "text/html" not in request.headers.get("accept", ""):
        return refused
    return HTMLResponse(NOT_FOUND, status_code=404, headers=headers.page_headers("", ()))


class Dashboard:
    """The handlers; ``make_app`` gives them their addresses."""

    def __init__(self, settings: WebSettings) -> None:
        self._files = read_built(settings.dashboard_dist, needs="index.html")
        self._page = _with_addresses(self._files["index.html"].bodies["identity"], settings)

    async def page(self, request: Request) -> Response:
        sent = headers.page_headers("", ())
        sent["Cross-Origin-Resource-Policy"] = "same-origin"
        return static.html(request, self._page, sent)

    async def asset(self, request: Request) -> Response:
        """A hashed file of the page."""
        name = f"assets/{request.path_params['name']}"
        return static.file(request, self._files, name, {"Cache-Control": headers.IMMUTABLE})

    async def icon(self, request: Request) -> Response:
        return static.file(request, self._files, "favicon.svg", {"Cache-Control": headers.FLOATING})


def make_app(settings: WebSettings, api: ASGIApp) -> Starlette:
    """The application; ``api`` answers everything below ``/api/``. Raises NotBuilt if there is nothing to serve."""
    dashboard = Dashboard(settings)
    pages = [Route(path, dashboard.page) for path in PAGES]
    files = [Route("/assets/{name}", dashboard.asset), Route("/favicon.svg", dashboard.icon)]
    passed_on = [Route("/api/{path:path}", api), Route("/healthz", static.health)]
    return Starlette(routes=[*pages, *files, *passed_on], exception_handlers={HTTPException: refuse})


def _with_addresses(page: bytes, settings: WebSettings) -> bytes:
    """The page with the public addresses that its samples name; the settings allow no character that ends a quote."""
    for name, address in (
        ("api-base", settings.public_api_url),
        ("checkout-base", settings.public_checkout_url),
    ):
        page = page.replace(_meta(name, ""), _meta(name, address))
    return page


def _meta(name: str, content: str) -> bytes:
    return f'<meta name="{name}" content="{content}" />'.encode()
