"""Grafana's dashboards as Python: ``python -m observability.boards`` writes them as JSON."""
