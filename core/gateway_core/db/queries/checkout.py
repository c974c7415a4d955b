"""Payments as the payer's browser reads and changes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway_core.db.pool import Connection
from gateway_core.db.queries.payments import COLUMNS, PaymentRecord, record
from gateway_core.domain.authentication import Authentication
from gateway_core.domain.payment import PAYMENT_FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutRecord:
    """A payment at ``now`` (the database's clock), with its merchant's webhook secret, still encrypted."""

    payment: PaymentRecord
    webhook_secret_encrypted: bytes | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAttempts:
    """How many payments an order has had, and whether one of them is pending or processing."""

    count: int
    in_flight: bool


async def get(conn: Connection, payment_id: str) -> CheckoutRecord | None:
    """A payment for the holder of its client secret, which the caller must check."""
    cursor = await conn.execute(
        f"""
        SELECT {COLUMNS}, m.webhook_secret_encrypted, now() AS now
        FROM payments p JOIN orders o ON o.id = p.order_id JOIN merchants m ON m.id = p.merchant_id WHERE p.id = %s
        """,
        (payment_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return CheckoutRecord(
        payment=record(row), webhook_secret_encrypted=row["webhook_secret_encrypted"], now=row["now"]
    )


async def attempts_of(conn: Connection, order_id: str) -> OrderAttempts:
    """The payments of an order, public or by its merchant. Exact only while the order is locked."""
    cursor = await conn.execute(
        """
        SELECT count(*) AS count, coalesce(bool_or(status IN ('pending', 'processing')), false) AS in_flight
        FROM payments WHERE order_id = %s
        """,
        (order_id,),
    )
    row = await cursor.fetchone()
    assert row is not None  # an aggregate always has one row
    return OrderAttempts(**row)


async def pass_authentication(conn: Connection, payment_id: str) -> None:
    """The payer has proved to be the holder: the pending payment is due now."""
    await conn.execute(
        """
        UPDATE payments SET authentication = 'passed', authentication_attempts = authentication_attempts + 1,
               next_attempt_at = now(), updated_at = now()
        WHERE id = %s AND status = 'pending' AND authentication = 'required'
        """,
        (payment_id,),
    )


async def count_wrong_code(conn: Connection, payment_id: str) -> None:
    """Count a try of a pending payment's payer."""
    await conn.execute(
        """
        UPDATE payments SET authentication_attempts = authentication_attempts + 1, updated_at = now()
        WHERE id = %s AND status = 'pending'
        """,
        (payment_id,),
    )


async def fail_pending(
    conn: Connection, payment_id: str, description: str, authentication: Authentication | None = None
) -> PaymentRecord | None:
    """Fail a payment that no processor has claimed yet; None if one has, or the payment is final.

    It holds no slot to free. ``authentication`` is its new state, None leaves it unchanged.
    """
    cursor = await conn.execute(
        f"""
        UPDATE payments p
        SET status = 'failed', error_code = '{PAYMENT_FAILED}', error_description = %s, next_attempt_at = NULL,
            authentication = coalesce(%s, p.authentication), updated_at = now()
        FROM orders o WHERE p.id = %s AND o.id = p.order_id AND p.status = 'pending'
        RETURNING {COLUMNS}
        """,
        (description, authentication, payment_id),
    )
    row = await cursor.fetchone()
    return None if row is None else record(row)


async def allowed_origins_of_order(conn: Connection, order_id: str) -> list[str] | None:
    """The sites that the order's merchant lets frame its checkout; None for an unknown order."""
    cursor = await conn.execute(
        "SELECT m.allowed_origins FROM orders o JOIN merchants m ON m.id = o.merchant_id WHERE o.id = %s",
        (order_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else row["allowed_origins"]
