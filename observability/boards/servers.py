"""What the gateway sees of PostgreSQL and Redis."""

from __future__ import annotations

from observability.boards.panels import Board, Panel, rate

SERVERS = Board(
    "gateway-servers",
    "Payment gateway: database and Redis",
    {
        "PostgreSQL": [
            Panel(
                title="Connections",
                queries={"{{state}}": "sum by (state) (gateway_db_pool_connections)"},
                stacked=True,
            ),
            Panel(
                title="Use of the pools",
                queries={
                    "{{instance}}": 'gateway_db_pool_connections{state="in_use"}'
                    " / on (instance) gateway_db_pool_size"
                },
                unit="percentunit",
                red_from=0.9,
            ),
            Panel(
                title="Callers without a connection",
                queries={"{{instance}}": "gateway_db_pool_waiting"},
                red_from=1,
            ),
        ],
        "Relay": [
            Panel(title="Lag", queries={"lag": "max(gateway_relay_lag_seconds)"}, unit="s", red_from=30),
            Panel(
                title="Events published",
                queries={"events": rate("gateway_relay_published_total")},
                unit="ops",
            ),
            Panel(
                title="Rounds given up",
                queries={"{{what}} unreachable": rate("gateway_relay_failures_total", "what")},
                unit="ops",
            ),
        ],
        "Redis": [
            Panel(
                title="Length of the streams", queries={"{{queue}}": "max by (queue) (gateway_stream_length)"}
            ),
            Panel(
                title="Lag and pending",
                queries={
                    "lag {{queue}}": "max by (queue) (gateway_stream_lag)",
                    "pending {{queue}}": "max by (queue) (gateway_stream_pending)",
                },
            ),
            Panel(
                title="In quarantine",
                queries={"{{queue}}": "max by (queue) (gateway_stream_quarantined)"},
                red_from=1,
            ),
        ],
        "Observers": [
            Panel(
                title="Readings that could not be taken",
                queries={"{{what}}": rate("gateway_observer_failures_total", "what")},
                unit="ops",
                width=12,
                help="Their gauges are withdrawn meanwhile: no series is better than a false zero.",
            ),
            Panel(
                title="Invariants that could not be counted, per hour",
                queries={"checks": "sum(increase(gateway_invariant_check_failures_total[1h]))"},
                width=12,
            ),
        ],
    },
)
