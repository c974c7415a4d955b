"""From an event to its acceptance."""

from __future__ import annotations

from observability.boards.panels import Board, Panel, quantile, rate

WEBHOOKS = Board(
    "gateway-webhooks",
    "Payment gateway: webhooks",
    {
        "Attempts": [
            Panel(
                title="Attempts by outcome",
                queries={"{{outcome}}": rate("gateway_webhook_attempts_total", "outcome")},
                unit="ops",
                stacked=True,
            ),
            Panel(
                title="Share that succeeds",
                queries={
                    "success": " / ".join(
                        (
                            rate("gateway_webhook_attempts_total", where='{outcome="success"}'),
                            rate("gateway_webhook_attempts_total"),
                        )
                    )
                },
                unit="percentunit",
            ),
            Panel(
                title="Duration of an attempt",
                queries={
                    "p50": quantile(0.5, "gateway_webhook_attempt_seconds"),
                    "p99": quantile(0.99, "gateway_webhook_attempt_seconds"),
                },
                unit="s",
            ),
        ],
        "Delivery": [
            Panel(
                title="Event to acceptance",
                queries={
                    "p50": quantile(0.5, "gateway_webhook_end_to_end_seconds"),
                    "p99": quantile(0.99, "gateway_webhook_end_to_end_seconds"),
                },
                unit="s",
            ),
            Panel(
                title="Due to picked up, p99",
                queries={"p99": quantile(0.99, "gateway_webhook_pickup_lag_seconds")},
                unit="s",
                red_from=30,
            ),
            Panel(
                title="Waiting",
                queries={
                    "due": 'max(gateway_queue_due_backlog{queue="webhook-delivery"})',
                    "later": 'max(gateway_queue_scheduled{queue="webhook-delivery"})',
                },
                help="Later: retries whose time has not come, and what is leased.",
            ),
        ],
        "Exceptions": [
            Panel(title="Requests under way", queries={"open": "sum(gateway_webhook_sends_in_flight)"}),
            Panel(
                title="Given up and called off, per hour",
                queries={
                    "given up": "sum(increase(gateway_webhook_exhausted_total[1h]))",
                    "called off": "sum(increase(gateway_webhook_called_off_total[1h]))",
                },
                help="Given up: the last attempt failed. Called off: the merchant has no URL any more.",
            ),
            Panel(
                title="Given back, records dropped",
                queries={
                    "given back {{fault}}": rate("gateway_webhook_given_back_total", "fault"),
                    "dropped": rate("gateway_webhook_stale_records_total"),
                },
                unit="ops",
                help="A fault of ours costs a receiver no attempt.",
            ),
        ],
    },
)
