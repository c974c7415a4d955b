"""Who works on the queues, and how far behind."""

from __future__ import annotations

from observability.boards.panels import OLDEST, WORK, Board, Panel, rate

WORKERS = Board(
    "gateway-workers",
    "Payment gateway: workers",
    {
        "Queues": [
            WORK,
            OLDEST,
            Panel(title="Due", queries={"{{queue}}": "max by (queue) (gateway_queue_due_backlog)"}),
            Panel(title="In flight", queries={"{{queue}}": "sum by (queue) (gateway_worker_in_flight)"}),
            Panel(title="Later or leased", queries={"{{queue}}": "max by (queue) (gateway_queue_scheduled)"}),
        ],
        "Workers": [
            Panel(title="Workers", queries={"{{queue}}": "count by (queue) (gateway_worker_in_flight)"}),
            Panel(
                title="Rows a claim",
                queries={
                    "mean {{queue}}": " / ".join(
                        rate(f"gateway_worker_batch_size_{part}", "queue") for part in ("sum", "count")
                    )
                },
            ),
            Panel(
                title="Failed rounds",
                queries={"{{queue}} {{stage}}": rate("gateway_worker_failures_total", "queue", "stage")},
                unit="ops",
            ),
            Panel(
                title="Leases run out, per 15 minutes",
                queries={"{{queue}}": "sum by (queue) (increase(gateway_lease_expired_total[15m]))"},
            ),
            Panel(
                title="CPU",
                queries={
                    "{{instance}}": "rate(process_cpu_seconds_total[$__rate_interval])"
                    " and on (instance) gateway_build_info"
                },
                unit="percentunit",
            ),
            Panel(
                title="Memory",
                queries={
                    "{{instance}}": "process_resident_memory_bytes and on (instance) gateway_build_info"
                },
                unit="bytes",
            ),
        ],
    },
)
