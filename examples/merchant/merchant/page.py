"""The page that lists what arrived: no script, light and dark, readable by a screen reader."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from merchant.delivery import Delivery

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 0 auto; padding: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886; white-space: nowrap; }
td:nth-child(4), th:nth-child(4) { text-align: right; font-variant-numeric: tabular-nums; }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
SECURITY_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Webhooks received</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Webhooks received</h1>
<p><a href="/">Reload</a> · <a href="/webhooks">as JSON</a></p>
{content}
</main>
</body>
</html>
"""
TABLE = """<div class="wide" role="region" aria-label="Webhooks" tabindex="0">
<table>
<caption>The last {count}, newest first. Every signature was verified.</caption>
<thead><tr><th scope="col">Received (UTC)</th><th scope="col">Event</th><th scope="col">About</th>
<th scope="col">Amount</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>"""


def render(deliveries: Sequence[Delivery]) -> str:
    """The page for ``deliveries``, in their order."""
    if not deliveries:
        return PAGE.format(style=STYLE, content="<p>Nothing has arrived yet.</p>")
    rows = "\n".join(map(_row, deliveries))
    return PAGE.format(style=STYLE, content=TABLE.format(count=len(deliveries), rows=rows))


def _row(delivery: Delivery) -> str:
    at = escape(delivery.received_at)
    shown_at = at.replace("T", " ").removesuffix("Z")
    texts = [escape(text) for text in (delivery.event, delivery.subject_id, delivery.amount)]
    cells = [f'<time datetime="{at}">{shown_at}</time>', *texts]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
