-- The event log only grows: nothing but its two marks may ever change.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER events_append_only_delete BEFORE DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Column lists make this free for the updates of the marks.
CREATE TRIGGER events_append_only_update
    BEFORE UPDATE OF id, merchant_id, type, subject_id, payload, traceparent, created_at ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every invariant is a view that must be empty at any instant.
CREATE VIEW inv_refunds_within_payment AS
SELECT p.id AS payment_id, p.amount, p.amount_refunded, r.total
FROM payments p
JOIN (
    SELECT payment_id, sum(amount) AS total FROM refunds WHERE status <> 'failed' GROUP BY payment_id
) r ON r.payment_id = p.id
WHERE r.total > p.amount OR r.total <> p.amount_refunded OR p.status <> 'success';

CREATE VIEW inv_refund_counter_without_refunds AS
SELECT p.id AS payment_id, p.amount_refunded
FROM payments p
WHERE p.amount_refunded <> 0
  AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed');

CREATE VIEW inv_one_success_per_order AS
SELECT order_id, count(*) AS successes
FROM payments WHERE status = 'success' GROUP BY order_id HAVING count(*) > 1;

CREATE VIEW inv_paid_order_has_success AS
SELECT o.id AS order_id, o.status, o.active_payment_id, s.id AS payment_id
FROM orders o
FULL JOIN (SELECT id, order_id FROM payments WHERE status = 'success') s ON s.order_id = o.id
WHERE (o.status = 'paid') <> (s.id IS NOT NULL) OR (s.id IS NOT NULL AND o.active_payment_id IS DISTINCT FROM s.id);

CREATE VIEW inv_payment_matches_order AS
SELECT p.id AS payment_id, p.order_id
FROM payments p JOIN orders o ON o.id = p.order_id
WHERE p.amount <> o.amount OR p.currency <> o.currency OR p.merchant_id <> o.merchant_id;

CREATE VIEW inv_processing_holds_slot AS
SELECT p.id AS payment_id, o.id AS order_id, o.active_payment_id
FROM payments p JOIN orders o ON o.id = p.order_id
WHERE p.status = 'processing' AND o.active_payment_id IS DISTINCT FROM p.id AND o.status <> 'paid';

-- A slot that nobody works in would hold back its order's payments for ever.
CREATE VIEW inv_slot_is_in_use AS
SELECT o.id AS order_id, o.active_payment_id, p.status
FROM orders o LEFT JOIN payments p ON p.id = o.active_payment_id AND p.order_id = o.id
WHERE o.active_payment_id IS NOT NULL AND coalesce(p.status, 'none') NOT IN ('processing', 'success');

CREATE VIEW inv_payment_has_its_events AS
SELECT p.id AS payment_id, p.status, expected.type
FROM payments p
CROSS JOIN LATERAL (
    SELECT unnest(CASE p.status
        WHEN 'success' THEN ARRAY['payment.created', 'payment.pending', 'payment.success']
        WHEN 'failed' THEN ARRAY['payment.created', 'payment.pending', 'payment.failed']
        ELSE ARRAY['payment.created', 'payment.pending'] END) AS type
) expected
WHERE NOT EXISTS (SELECT FROM events e WHERE e.subject_id = p.id AND e.type = expected.type);

CREATE VIEW inv_refund_has_its_events AS
SELECT r.id AS refund_id, r.status, expected.type
FROM refunds r
CROSS JOIN LATERAL (
    SELECT unnest(CASE r.status
        WHEN 'processed' THEN ARRAY['refund.created', 'refund.processed']
        WHEN 'failed' THEN ARRAY['refund.created', 'refund.failed']
        ELSE ARRAY['refund.created'] END) AS type
) expected
WHERE NOT EXISTS (SELECT FROM events e WHERE e.subject_id = r.id AND e.type = expected.type);

-- An outcome was announced only if the row really has it.
CREATE VIEW inv_event_without_outcome AS
SELECT e.id AS event_id, e.type, e.subject_id
FROM events e
LEFT JOIN payments p ON p.id = e.subject_id
LEFT JOIN refunds r ON r.id = e.subject_id
WHERE (e.type = 'payment.success' AND p.status IS DISTINCT FROM 'success')
   OR (e.type = 'payment.failed' AND p.status IS DISTINCT FROM 'failed')
   OR (e.type = 'refund.processed' AND r.status IS DISTINCT FROM 'processed')
   OR (e.type = 'refund.failed' AND r.status IS DISTINCT FROM 'failed');

CREATE VIEW inv_delivery_belongs_to_event AS
SELECT l.id AS delivery_id, l.event_id
FROM webhook_logs l JOIN events e ON e.id = l.event_id
WHERE l.merchant_id <> e.merchant_id OR l.event <> e.type OR e.fanned_out_at IS NULL;

CREATE VIEW inv_attempts_within_schedule AS
SELECT id AS delivery_id, status, attempts
FROM webhook_logs
WHERE (status = 'success' AND (attempts = 0 OR coalesce(response_code, 0) NOT BETWEEN 200 AND 299))
   -- Called off because the merchant's URL is gone: nothing was sent, so nothing was counted.
   OR (status = 'failed' AND attempts = 0 AND last_error IS DISTINCT FROM 'no_url');

-- What the simulated bank did must be what the gateway believes. A real acquirer has no rows here.
CREATE VIEW inv_bank_agrees_on_payments AS
SELECT p.id AS payment_id, p.status, c.outcome, c.amount AS bank_amount, p.amount
FROM payments p JOIN simulator_charges c ON c.key = p.id AND c.kind = 'payment'
WHERE c.amount <> p.amount
   OR (p.status = 'success' AND c.outcome <> 'approved')
   OR (p.status = 'failed' AND c.outcome <> 'declined');

CREATE VIEW inv_bank_agrees_on_refunds AS
SELECT r.id AS refund_id, r.status, c.outcome, c.amount AS bank_amount, r.amount
FROM refunds r JOIN simulator_charges c ON c.key = r.id AND c.kind = 'refund'
WHERE c.amount <> r.amount
   OR (r.status = 'processed' AND c.outcome <> 'approved')
   OR (r.status = 'failed' AND c.outcome <> 'declined');
