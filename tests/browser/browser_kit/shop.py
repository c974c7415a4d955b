"""A merchant's site: pages that load the SDK, under a Content-Security-Policy as strict as it may be."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PAGE = """<!doctype html><html lang="en"><head><title>Shop</title></head><body>
<main><h1>Shop</h1><button id="pay">Pay</button><output id="log"></output></main>
<script src="{script}" {attributes}></script><script src="/shop.js"></script></body></html>"""

SCRIPT = """
const log = (name) => (value) => {
  window.seen.push([name, value === undefined ? null : JSON.parse(JSON.stringify(value))]);
};
window.seen = [];
if (window.PaymentGateway) {
  const query = new URLSearchParams(location.search);
  window.gateway = new PaymentGateway({
    key: 'key_test_abc123',
    orderId: query.get('order'),
    loadTimeoutMs: Number(query.get('timeout') || 15000),
    ...JSON.parse(query.get('options') || '{}'),
    onSuccess: log('success'),
    onFailure: log('failure'),
    onClose: log('close'),
    onReady: log('ready'),
  });
  document.getElementById('pay').onclick = () => {
    try { window.gateway.open(); } catch (error) { log('thrown')(error); }
  };
}
"""


def make_shop(checkout: str) -> Starlette:
    """``/?order=…&script=…&integrity=…`` on a site of its own."""

    async def page(request: Request) -> Response:
        script = request.query_params.get("script", "/checkout.js")
        integrity = request.query_params.get("integrity")
        attributes = f'integrity="{integrity}" crossorigin="anonymous"' if integrity else ""
        policy = f"default-src 'none'; script-src 'self' {checkout}; frame-src {checkout}"
        html = PAGE.format(script=checkout + script, attributes=attributes)
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    async def script(_request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript")

    return Starlette(routes=[Route("/", page), Route("/shop.js", script)])
