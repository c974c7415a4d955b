"""A dashboard as Grafana imports it."""

from __future__ import annotations

import json
import re
from typing import Any

from observability.boards.panels import Board, Panel

SCHEMA_VERSION = 39
COLUMNS, HEIGHT = 24, 8
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
NAMESPACES = "label_values(gateway_build_info, namespace)"
IN_NAMESPACE = 'namespace=~"$namespace"'

Json = dict[str, Any]

_METRIC = re.compile(r"\b(gateway_[a-z0-9_]+)(\{)?")

_STAT: Json = {
    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    "orientation": "auto",
    "textMode": "auto",
    "colorMode": "value",
    "graphMode": "none",
}
_VARIABLE: Json = {"hide": 0, "regex": "", "options": [], "multi": False}
_DATA_SOURCE: Json = {
    **_VARIABLE,
    "name": "datasource",
    "type": "datasource",
    "query": "prometheus",
    "label": "Data source",
    "refresh": 1,
    "current": {},
    "includeAll": False,
}
_NAMESPACE: Json = {
    **_VARIABLE,
    "name": "namespace",
    "type": "query",
    "datasource": SOURCE,
    "definition": NAMESPACES,
    "query": {"query": NAMESPACES, "refId": "namespaces"},
    "label": "Namespace",
    "refresh": 2,
    "sort": 1,
    "current": {"text": "All", "value": "$__all"},
    "includeAll": True,
    "allValue": ".*",
}
_LINES: Json = {
    "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
    "tooltip": {"mode": "multi", "sort": "desc"},
}


def dashboard(board: Board) -> Json:
    """The dashboard as Grafana imports it."""
    return {
        "uid": board.uid,
        "title": board.title,
        "tags": ["payment-gateway"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [
            {
                "type": "dashboards",
                "title": "Payment gateway",
                "tags": ["payment-gateway"],
                "asDropdown": True,
                "includeVars": True,
                "keepTime": True,
                "icon": "external link",
                "targetBlank": False,
                "tooltip": "",
                "url": "",
            }
        ],
        "templating": {"list": [_DATA_SOURCE, _NAMESPACE]},
        "panels": _panels(board),
    }


def scoped(expr: str) -> str:
    """``expr`` of the chosen namespace: several installations may share a Prometheus.

    Outside Kubernetes there is no such label, which the choice "all", ``.*``, matches too.
    """
    return _METRIC.sub(lambda found: f"{found[1]}{{{IN_NAMESPACE}{', ' if found[2] else '}'}", expr)


def _panels(board: Board) -> list[Json]:
    panels: list[Json] = []
    top = 0
    for title, row in board.rows.items():
        at = {"h": 1, "w": COLUMNS, "x": 0, "y": top}
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": title,
                "collapsed": False,
                "gridPos": at,
                "panels": [],
            }
        )
        top += 1
        left = 0
        for panel in row:
            if left + panel.width > COLUMNS:
                left, top = 0, top + HEIGHT
            at = {"h": HEIGHT, "w": panel.width, "x": left, "y": top}
            panels.append({"id": len(panels) + 1, **_panel(panel), "gridPos": at})
            left += panel.width
        top += HEIGHT
    return panels


def _panel(panel: Panel) -> Json:
    targets = [
        {
            "refId": chr(ord("A") + number),
            "datasource": SOURCE,
            "expr": scoped(expr),
            "legendFormat": legend,
            "range": True,
        }
        for number, (legend, expr) in enumerate(panel.queries.items())
    ]
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.help,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _STAT if panel.kind == "stat" else _LINES,
    }


def _defaults(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.red_from is not None:
        steps.append({"color": "red", "value": panel.red_from})
    defaults: Json = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.kind == "timeseries":
        defaults["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 20 if panel.stacked else 0,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "off" if panel.red_from is None else "line"},
        }
    return defaults


def text(board: Board) -> str:
    """The file of ``board``."""
    return json.dumps(dashboard(board), indent=2, ensure_ascii=False) + "\n"
