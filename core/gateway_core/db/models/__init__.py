"""Columns and constraints of every table. Rows leave this package as plain views, never as these classes."""

from gateway_core.db.models.base import Base
from gateway_core.db.models.events import Event
from gateway_core.db.models.idempotency import IdempotencyKey
from gateway_core.db.models.merchants import ApiKey, Merchant
from gateway_core.db.models.orders import Order
from gateway_core.db.models.payments import Payment
from gateway_core.db.models.refunds import Refund
from gateway_core.db.models.review import ReviewResolution
from gateway_core.db.models.sessions import Session, SignInFailures
from gateway_core.db.models.simulator import SimulatorCharge
from gateway_core.db.models.webhooks import WebhookAttempt, WebhookLog
from gateway_core.db.models.workers import WorkerHeartbeat

__all__ = [
    "ApiKey",
    "Base",
    "Event",
    "IdempotencyKey",
    "Merchant",
    "Order",
    "Payment",
    "Refund",
    "ReviewResolution",
    "Session",
    "SignInFailures",
    "SimulatorCharge",
    "WebhookAttempt",
    "WebhookLog",
    "WorkerHeartbeat",
]
