"""Interactive documentation at ``/docs``, entirely from this server: no CDN, no inline script."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response

from api.openapi import text

# The package is used for the assets that it carries, not for its code.
ASSET_PACKAGE: Final = "fastapi_offline"
HEADERS: Final = {
    "cache-control": "public, max-age=3600",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
JAVASCRIPT: Final = "text/javascript; charset=utf-8"

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payment Gateway API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START: Final = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
});
"""

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    return Response(_document(request.app), headers=HEADERS, media_type="application/json")


@router.get("/docs")
async def page() -> Response:
    return Response(PAGE, headers=HEADERS, media_type="text/html; charset=utf-8")


@router.get("/docs/start.js")
async def start() -> Response:
    return Response(START, headers=HEADERS, media_type=JAVASCRIPT)


@router.get("/docs/swagger-ui-bundle.js")
async def script() -> Response:
    return Response(_asset("swagger-ui-bundle.js"), headers=HEADERS, media_type=JAVASCRIPT)


@router.get("/docs/swagger-ui.css")
async def style() -> Response:
    return Response(_asset("swagger-ui.css"), headers=HEADERS, media_type="text/css; charset=utf-8")


# Made when first asked for: few processes ever are, and it takes 70 ms of CPU.
@lru_cache(maxsize=1)
def _document(app: FastAPI) -> bytes:
    return text(app).encode()


@cache
def _asset(name: str) -> bytes:
    return (files(ASSET_PACKAGE) / "static" / name).read_bytes()
