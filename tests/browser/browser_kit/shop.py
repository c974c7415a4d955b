"""A merchant's site: pages that load the SDK, under a Content-Security-Policy as strict as it may be."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PAGE = """<!doctype html><html lang="en"><head><title>Shop</title></head><body>
<main><h1>Shop</h1><button id="pay">Pay</button><output id="log"></output></main>
{sdk}<script src="/shop.js"></script></body></html>"""

SCRIPT = """
const log = (name) => (value) => {
  window.seen.push([name, value === undefined ? null : JSON.parse(JSON.stringify(value))]);
};
window.seen = [];
const query = new URLSearchParams(location.search);
const start = (PaymentGateway) => {
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
};
const loader = query.get('loader');
if (loader) {
  import(loader)
    .then(({ loadPaymentGateway }) => loadPaymentGateway(loader.replace('loader.mjs', 'checkout.js')))
    .then(start, log('thrown'));
} else if (window.PaymentGateway) {
  start(PaymentGateway);
}
"""


TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types payment-gateway"
ISOLATED = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def make_shop(checkout: str) -> Starlette:
    """``/?order=…&script=…&integrity=…`` on a site of its own.

    ``loader=<its address>`` loads the SDK that way. ``strict=true``: with trusted types and cross-origin isolation.
    """

    async def page(request: Request) -> Response:
        script = request.query_params.get("script", "/checkout.js")
        integrity = request.query_params.get("integrity")
        attributes = f'integrity="{integrity}" crossorigin="anonymous"' if integrity else ""
        headers = {
            "Content-Security-Policy": f"default-src 'none'; script-src 'self' {checkout}; frame-src {checkout}"
        }
        if request.query_params.get("strict"):
            headers["Content-Security-Policy"] += TRUSTED_TYPES
            headers |= ISOLATED
        sdk = f'<script src="{checkout + script}" {attributes}></script>'
        html = PAGE.format(sdk="" if request.query_params.get("loader") else sdk)
        return HTMLResponse(html, headers=headers)

    async def script(_request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript", headers=ISOLATED)

    return Starlette(routes=[Route("/", page), Route("/shop.js", script)])
