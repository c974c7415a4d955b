"""From the API to the acquirer and back."""

from __future__ import annotations

from observability.boards.panels import API, Board, Panel, quantile, rate

PAYMENTS = Board(
    "gateway-payments",
    "Payment gateway: payments and refunds",
    {
        "API": [
            Panel(
                title="Requests",
                queries={
                    "{{method}} {{route}}": rate(
                        "gateway_http_requests_total", "method", "route", where=f"{{{API}}}"
                    )
                },
                unit="reqps",
            ),
            Panel(
                title="Answers by status",
                queries={"{{status}}": rate("gateway_http_requests_total", "status", where=f"{{{API}}}")},
                unit="reqps",
                stacked=True,
            ),
            Panel(
                title="p99 by route",
                queries={
                    "{{method}} {{route}}": quantile(
                        0.99, "gateway_http_request_duration_seconds", "method", "route", where=f"{{{API}}}"
                    )
                },
                unit="s",
            ),
        ],
        "Acquirer": [
            Panel(
                title="Answers",
                queries={"{{kind}} {{answer}}": rate("gateway_acquirer_answers_total", "kind", "answer")},
                unit="ops",
                help="Unknown: a timeout, an error, or no sense. Such a charge is looked up, never driven again.",
            ),
            Panel(
                title="Call, p99",
                queries={
                    "{{kind}} {{call}}": quantile(0.99, "gateway_acquirer_call_seconds", "kind", "call")
                },
                unit="s",
            ),
            Panel(
                title="Answers dropped",
                queries={"{{kind}}": rate("gateway_acquirer_stale_leases_total", "kind")},
                unit="ops",
                help="Another worker had taken the row over.",
            ),
        ],
        "Ends": [
            Panel(
                title="Became final",
                queries={"{{kind}} {{status}}": rate("gateway_settled_total", "kind", "status")},
                unit="ops",
                stacked=True,
            ),
            Panel(
                title="Claim to commit of the end",
                queries={
                    "p50 {{kind}}": quantile(0.5, "gateway_settle_seconds", "kind"),
                    "p99 {{kind}}": quantile(0.99, "gateway_settle_seconds", "kind"),
                },
                unit="s",
            ),
            Panel(
                title="Creation to end, p99",
                queries={
                    "payment {{method}}": quantile(0.99, "gateway_payment_end_to_end_seconds", "method"),
                    "refund": quantile(0.99, "gateway_refund_end_to_end_seconds"),
                },
                unit="s",
            ),
            Panel(
                title="Need a person",
                queries={"{{queue}}": "max by (queue) (gateway_queue_requires_review)"},
                width=12,
                red_from=1,
            ),
            Panel(
                title="Violated invariants",
                queries={"{{view}}": "max by (view) (gateway_invariant_violations)"},
                width=12,
                red_from=1,
            ),
        ],
    },
)
