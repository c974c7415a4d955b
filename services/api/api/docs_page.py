"""Interactive documentation at ``/docs``, entirely from this server: no CDN, no inline script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.describe import Handler

# The package is used for the assets that it carries, not for its code.
ASSET_PACKAGE: Final = "fastapi_offline"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MAX_AGE_S: Final = 3600

PAGE: Final = b"""<!doctype html>
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
START: Final = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
});
"""


def docs_handlers(document: Callable[[], bytes]) -> Mapping[str, Handler]:
    """Path → handler of the document, the page that shows it and what the page loads.

    Each is made or read when it is first asked for: few processes ever are, and the document takes 70 ms of CPU.
    """
    folder = files(ASSET_PACKAGE) / "static"
    javascript, css = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
    return {
        "/openapi.json": _kept(document, "application/json"),
        "/docs": _kept(lambda: PAGE, "text/html; charset=utf-8"),
        "/docs/start.js": _kept(lambda: START, javascript),
        "/docs/swagger-ui-bundle.js": _kept((folder / "swagger-ui-bundle.js").read_bytes, javascript),
        "/docs/swagger-ui.css": _kept((folder / "swagger-ui.css").read_bytes, css),
    }


def _kept(make: Callable[[], bytes], media_type: str) -> Handler:
    content = cache(make)
    headers = {
        "cache-control": f"public, max-age={MAX_AGE_S}",
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
    }

    async def serve(_request: Request) -> Response:
        return Response(content(), 200, headers, media_type)

    return serve
