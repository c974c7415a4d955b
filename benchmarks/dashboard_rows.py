"""A merchant with a hundred thousand payments, and another merchant."""

from __future__ import annotations

from typing import Final, LiteralString

import psycopg

from benchmarks.gateway import MERCHANT_ID

PAYMENTS: Final = 100_000
OTHERS_PAYMENTS: Final = 20_000
DAYS: Final = 30
OTHER_ID: Final = "550e8400-e29b-41d4-a716-446655440001"

_OTHER: LiteralString = """
    INSERT INTO merchants (id, name, email, api_key) VALUES (%(merchant)s, 'Other', 'other@example.com', 'key_other')
"""
# 85 % success, 10 % failed, 4 % pending, 1 % processing; six of ten by UPI; ids are hexadecimal, as good as random.
_ROWS: LiteralString = """
    WITH made AS (
        INSERT INTO orders (id, merchant_id, amount, currency, receipt, status, created_at, updated_at)
        SELECT 'order_' || left(md5(%(merchant)s::text || n), 22), %(merchant)s::uuid,
               100 + (hashint4(n) & 1048575), 'INR', 'receipt ' || n,
               CASE WHEN n %% 100 < 85 THEN 'paid' ELSE 'attempted' END, at, at
        FROM (
            SELECT n, now() - make_interval(secs => n * %(days)s * 86400.0 / %(count)s) AS at
            FROM generate_series(1, %(count)s) n
        ) moment
        RETURNING id, merchant_id, amount, created_at, split_part(receipt, ' ', 2)::int AS n
    )
    INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4, status,
                          error_code, error_description, next_attempt_at, created_at, updated_at)
    SELECT 'pay_' || left(md5(id), 22), id, merchant_id, amount, 'INR', method,
           CASE method WHEN 'upi' THEN 'user' || n || '@bank' END,
           CASE method WHEN 'card' THEN 'visa' END, CASE method WHEN 'card' THEN '1111' END, status,
           CASE status WHEN 'failed' THEN 'PAYMENT_FAILED' END,
           CASE status WHEN 'failed' THEN 'Declined by the bank' END,
           CASE WHEN status IN ('pending', 'processing') THEN now() + interval '1 day' END, created_at, created_at
    FROM made, LATERAL (
        SELECT CASE WHEN n %% 100 < 85 THEN 'success' WHEN n %% 100 < 95 THEN 'failed'
                    WHEN n %% 100 < 99 THEN 'pending' ELSE 'processing' END AS status,
               CASE WHEN n / 100 %% 10 < 6 THEN 'upi' ELSE 'card' END AS method
    ) chosen
"""
_REFUNDS: LiteralString = """
    INSERT INTO refunds (id, payment_id, merchant_id, amount, status, processed_at, next_attempt_at, created_at)
    SELECT 'rfnd_' || right(id, 22), id, merchant_id, 100, 'processed', created_at, NULL, created_at
    FROM payments WHERE merchant_id = %(merchant)s AND status = 'success' AND id < 'pay_08'
"""
_EVENTS: LiteralString = """
    INSERT INTO events (merchant_id, type, subject_id, payload, created_at, published_at, fanned_out_at)
    SELECT merchant_id, type, id, '{"data":{}}', created_at, now(), now()
    FROM payments, unnest(ARRAY['payment.created', 'payment.pending', 'payment.success']) type
    WHERE merchant_id = %(merchant)s
"""


async def fill(database_url: str) -> None:
    """Insert the rows, and run what autovacuum would run within the next hour."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        await conn.execute(_OTHER, {"merchant": OTHER_ID})
        for merchant_id, count in ((MERCHANT_ID, PAYMENTS), (OTHER_ID, OTHERS_PAYMENTS)):
            parameters = {"merchant": merchant_id, "count": count, "days": DAYS}
            for statement in (_ROWS, _REFUNDS, _EVENTS):
                await conn.execute(statement, parameters)
        await conn.execute("VACUUM (ANALYZE)")
