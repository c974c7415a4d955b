"""What somebody looks at first."""

from __future__ import annotations

from observability.boards.panels import API, OLDEST, WORK, Board, Panel, quantile, rate

OVERVIEW = Board(
    "gateway-overview",
    "Payment gateway: overview",
    {
        "Now": [
            Panel(
                title="Processes",
                queries={"{{component}}": "count by (component) (gateway_build_info)"},
                kind="stat",
                width=8,
            ),
            Panel(
                title="Invariants violated",
                queries={"rows": "sum(max by (view) (gateway_invariant_violations))"},
                kind="stat",
                width=4,
                red_from=1,
            ),
            Panel(
                title="For a person to look at",
                queries={"{{queue}}": "max by (queue) (gateway_queue_requires_review)"},
                kind="stat",
                width=8,
                red_from=1,
            ),
            Panel(
                title="Relay lag",
                queries={"lag": "max(gateway_relay_lag_seconds)"},
                kind="stat",
                unit="s",
                width=4,
                red_from=30,
            ),
        ],
        "Queues": [WORK, OLDEST],
        "Traffic": [
            Panel(
                title="API requests",
                queries={
                    "{{method}} {{route}}": rate(
                        "gateway_http_requests_total", "method", "route", where=f"{{{API}}}"
                    )
                },
                unit="reqps",
            ),
            Panel(
                title="Became final",
                queries={"{{kind}} {{status}}": rate("gateway_settled_total", "kind", "status")},
                unit="ops",
            ),
            Panel(
                title="Webhook attempts",
                queries={"{{outcome}}": rate("gateway_webhook_attempts_total", "outcome")},
                unit="ops",
                stacked=True,
            ),
            Panel(
                title="API latency",
                queries={
                    "p50": quantile(0.5, "gateway_http_request_duration_seconds", where=f"{{{API}}}"),
                    "p99": quantile(0.99, "gateway_http_request_duration_seconds", where=f"{{{API}}}"),
                },
                unit="s",
            ),
            Panel(
                title="Payment, creation to end",
                queries={
                    "p50 {{method}}": quantile(0.5, "gateway_payment_end_to_end_seconds", "method"),
                    "p99 {{method}}": quantile(0.99, "gateway_payment_end_to_end_seconds", "method"),
                },
                unit="s",
            ),
            Panel(
                title="Webhook, event to acceptance",
                queries={
                    "p50": quantile(0.5, "gateway_webhook_end_to_end_seconds"),
                    "p99": quantile(0.99, "gateway_webhook_end_to_end_seconds"),
                },
                unit="s",
                help="Retries included, so a receiver that was down for an hour shows here.",
            ),
        ],
    },
)
