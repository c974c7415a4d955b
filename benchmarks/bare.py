"""``python -m benchmarks.bare PORT``: FastAPI with nothing behind it, on the settings of the API's server."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

PAYMENT = {
    "entity": "payment",
    "order_id": "order_NXhj67fGH2jk9mPq",
    "amount": 50_000,
    "currency": "INR",
    "method": "upi",
    "vpa": "user@paytm",
    "status": "success",
    "captured": False,
    "error_code": None,
    "error_description": None,
    "created_at": "2024-01-15T10:31:00Z",
    "updated_at": "2024-01-15T10:31:10Z",
}

app = FastAPI()


class NewPayment(BaseModel):
    """A payment's request body."""

    order_id: str
    method: str
    vpa: str


@app.get("/payments/{payment_id}")
async def get_payment(payment_id: str) -> dict[str, Any]:
    """A dictionary like a payment."""
    return {"id": payment_id, **PAYMENT}


@app.post("/payments", status_code=201)
async def create_payment(new: NewPayment) -> dict[str, Any]:
    """The same, made of a validated body."""
    return {"id": "pay_H8sK3jD9s2L1pQr0", **PAYMENT, **new.model_dump()}


if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=1024,
        timeout_keep_alive=30,
    )
