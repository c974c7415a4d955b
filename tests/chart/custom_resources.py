"""Schemas of the custom resources that the chart makes, as far as it uses them.

Sources: the CRDs of Prometheus Operator (monitoring.coreos.com/v1) and of KEDA (keda.sh/v1alpha1).
"""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string", "minLength": 1}
LABELS: Final[Schema] = {"type": "object", "additionalProperties": {"type": "string"}}
COUNT: Final[Schema] = {"type": "integer", "minimum": 1}


def _closed(required: dict[str, Schema], **optional: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **optional},
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": items}


_EXPRESSION = _closed({"key": TEXT, "operator": {"enum": ["In"]}, "values": _list(TEXT)})
_RELABELING = _closed({"sourceLabels": _list(TEXT), "targetLabel": TEXT})
_ENDPOINT = _closed(
    {
        "port": TEXT,
        "path": TEXT,
        "interval": TEXT,
        "scrapeTimeout": TEXT,
        "relabelings": _list(_RELABELING),
    }
)
_DURATION: Schema = {"type": "string", "pattern": "^([0-9]+(ms|[smhdwy]))+$"}
_RULE: Schema = {
    **_closed(
        {"expr": TEXT}, record=TEXT, alert=TEXT, labels=LABELS, annotations=LABELS, keep_firing_for=_DURATION,
        **{"for": _DURATION},
    ),
    "oneOf": [{"required": ["record"]}, {"required": ["alert"]}],
}  # fmt: skip
# Every metadata of a trigger is text, whatever it means.
_TRIGGER = _closed(
    {"type": {"enum": ["prometheus", "cpu"]},
     "metadata": LABELS},
    name=TEXT, metricType={"enum": ["AverageValue", "Value", "Utilization"]}, authenticationRef=_closed({"name": TEXT}),
)  # fmt: skip

SPECS: Final[dict[tuple[str, str], Schema]] = {
    ("monitoring.coreos.com/v1", "ServiceMonitor"): _closed(
        {
            "jobLabel": TEXT,
            "selector": _closed({"matchLabels": LABELS}, matchExpressions=_list(_EXPRESSION)),
            "endpoints": _list(_ENDPOINT),
        }
    ),
    ("monitoring.coreos.com/v1", "PrometheusRule"): _closed(
        {"groups": _list(_closed({"name": TEXT, "rules": _list(_RULE)}, interval=_DURATION))}
    ),
    ("keda.sh/v1alpha1", "ScaledObject"): _closed(
        {
            "scaleTargetRef": _closed({"apiVersion": TEXT, "kind": TEXT, "name": TEXT}),
            "pollingInterval": COUNT,
            "minReplicaCount": COUNT,
            "maxReplicaCount": COUNT,
            "advanced": _closed({"horizontalPodAutoscalerConfig": _closed({"behavior": {"type": "object"}})}),
            "triggers": _list(_TRIGGER),
        }
    ),
}
