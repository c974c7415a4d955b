"""A stand-in for the API's public endpoints: the pages can be driven into every state without a bank."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MERCHANT = "Chai & Co"
API_KEY = "key_test_abc123"
SECRET = b"whsec_test_abc123"
ORDER_FIELDS = ("id", "amount", "currency", "status", "payment_id", "receipt")
UPDATED_AT = "2030-01-02T03:04:05Z"
OTP = "123456"
OTP_ATTEMPTS = 3
DECLINED = "Payment was declined by the bank"
CHALLENGED_CARD = "4000000000003220"
LOOKS_PENDING = 1
LOOKS_PROCESSING = 1

Outcome = Literal["success", "failed", "never"]


@dataclass
class Order:
    id: str
    amount: int = 49_900
    currency: str = "INR"
    status: str = "created"
    outcome: Outcome = "success"
    """Of its payments, unless the VPA says ``failure@bank``."""
    refusal: tuple[str, ...] | None = None
    """Code, description and perhaps the field that the next payments get."""
    payment_id: str | None = None
    receipt: str | None = None


@dataclass
class Payment:
    id: str
    order: Order
    method: str
    outcome: Outcome
    client_secret: str
    status: str = "pending"
    looks: int = 0
    otp_left: int = 0
    instrument: dict[str, str] = field(default_factory=dict)
    is_claimed: bool = False
    """By the bank: too late to cancel."""

    def look(self) -> None:
        """Each look at it takes it one step further."""
        if self.status in ("success", "failed") or self.otp_left:
            return
        self.looks += 1
        if self.looks > LOOKS_PENDING:
            self.status = "processing"
        if self.looks > LOOKS_PENDING + LOOKS_PROCESSING and self.outcome != "never":
            self.settle(self.outcome)

    def settle(self, outcome: str) -> None:
        self.status = outcome
        self.order.status = "paid" if outcome == "success" else "attempted"
        self.order.payment_id = self.id if outcome == "success" else None

    def public(self) -> dict[str, Any]:
        order = self.order
        shown = {"id": self.id, "order_id": order.id, "amount": order.amount, "currency": order.currency}
        return {**shown, "method": self.method, "status": self.status}

    def private(self) -> dict[str, Any]:
        text = f"{self.order.id}|{self.id}".encode()
        signature = hmac.new(SECRET, text, hashlib.sha256).hexdigest()
        return {
            **self.public(),
            **self.instrument,
            "updated_at": UPDATED_AT,
            "error_description": DECLINED if self.status == "failed" else None,
            "next_action": {"type": "otp", "attempts_left": self.otp_left} if self.otp_left else None,
            "signature": signature if self.status == "success" else None,
        }


@dataclass
class FakeApi:
    """Set up orders on it, then look at what it was sent."""

    orders: dict[str, Order] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    allowed_origins: list[str] = field(default_factory=lambda: ["http://localhost:*", "http://127.0.0.1:*"])
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def order(self, **given: Any) -> Order:
        made = Order(id=f"order_Test{next(self.numbers):012d}", **given)
        self.orders[made.id] = made
        return made

    def pay(self, order: Order, body: dict[str, Any]) -> Payment:
        number = next(self.numbers)
        outcome: Outcome = "failed" if body.get("vpa") == "failure@bank" else order.outcome
        payment = Payment(f"pay_Test{number:013d}", order, body["method"], outcome, f"pcs_{number}")
        number_typed = body.get("card", {}).get("number", "")
        payment.instrument = (
            {"card_network": "visa", "card_last4": number_typed[-4:]}
            if number_typed
            else {"vpa": body["vpa"]}
        )
        if number_typed == CHALLENGED_CARD:
            payment.otp_left = OTP_ATTEMPTS
        self.payments[payment.id] = payment
        order.payment_id = payment.id
        return payment

    def app(self) -> Starlette:
        base = "/api/v1"
        routes = [
            Route(f"{base}/orders/{{id}}/public", self._order),
            Route(f"{base}/payments/public", self._create, methods=["POST"]),
            Route(f"{base}/payments/{{id}}/public", self._public),
            Route(f"{base}/payments/{{id}}/checkout", self._private),
            Route(f"{base}/payments/{{id}}/authenticate", self._authenticate, methods=["POST"]),
            Route(f"{base}/payments/{{id}}/cancel", self._cancel, methods=["POST"]),
            Route(f"{base}/checkout/origins", self._origins),
        ]
        allowed = ["Content-Type", "Idempotency-Key", "X-Client-Secret"]
        cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_headers=allowed, allow_methods=["*"])
        return Starlette(routes=routes, middleware=[cors])

    async def _order(self, request: Request) -> Response:
        order = self.orders.get(request.path_params["id"])
        if order is None or request.query_params.get("key", API_KEY) != API_KEY:
            return _error(404, "NOT_FOUND_ERROR", "Order not found")
        shown = {name: getattr(order, name) for name in ORDER_FIELDS}
        return JSONResponse({**shown, "merchant_name": MERCHANT})

    async def _create(self, request: Request) -> Response:
        body = await request.json()
        key = request.headers["Idempotency-Key"]
        self.bodies.append(body)
        self.requests.append(key)
        order = self.orders[body["order_id"]]
        if order.refusal:
            return _error(400, *order.refusal)
        if order.status == "paid":
            return _error(400, "BAD_REQUEST_ERROR", "Order already paid")
        if key not in self.by_key:
            self.by_key[key] = self.pay(order, body).id
        payment = self.payments[self.by_key[key]]
        return JSONResponse({**payment.private(), "client_secret": payment.client_secret}, status_code=201)

    async def _public(self, request: Request) -> Response:
        payment = self.payments[request.path_params["id"]]
        payment.look()
        return JSONResponse(payment.public())

    def _owned(self, request: Request) -> Payment | None:
        payment = self.payments.get(request.path_params["id"])
        secret = request.headers.get("X-Client-Secret")
        return payment if payment and payment.client_secret == secret else None

    async def _private(self, request: Request) -> Response:
        payment = self._owned(request)
        if payment is None:
            return _error(404, "NOT_FOUND_ERROR", "Payment not found")
        payment.look()
        return JSONResponse(payment.private())

    async def _authenticate(self, request: Request) -> Response:
        payment = self._owned(request)
        assert payment is not None
        if (await request.json())["otp"] == OTP:
            payment.otp_left = 0
            return JSONResponse(payment.private())
        payment.otp_left -= 1
        if not payment.otp_left:
            payment.settle("failed")
        return _error(400, "BAD_REQUEST_ERROR", "Incorrect code")

    async def _cancel(self, request: Request) -> Response:
        payment = self._owned(request)
        assert payment is not None
        if payment.is_claimed:
            return _error(400, "BAD_REQUEST_ERROR", "Payment can no longer be cancelled")
        payment.otp_left = 0
        payment.settle("failed")
        return JSONResponse(payment.private())

    async def _origins(self, request: Request) -> Response:
        if request.query_params["order_id"] not in self.orders:
            return _error(404, "NOT_FOUND_ERROR", "Order not found")
        return JSONResponse({"allowed_origins": self.allowed_origins})

    def everything_sent(self) -> str:
        return json.dumps(self.bodies)


def _error(status: int, code: str, description: str, *at: str) -> Response:
    error = {"code": code, "description": description, **({"field": at[0]} if at else {})}
    return JSONResponse({"error": error}, status_code=status)
