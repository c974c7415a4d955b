-- Who decided how a payment or a refund in review ended, and why. One decision each; like the event log it only grows.
CREATE TABLE review_resolutions (
    subject_id TEXT NOT NULL,
    merchant_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    resolved_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_review_resolutions PRIMARY KEY (subject_id),
    CONSTRAINT ck_review_resolutions_outcome CHECK (outcome IN ('success', 'processed', 'failed')),
    CONSTRAINT ck_review_resolutions_accounted_for CHECK (resolved_by <> '' AND reason <> '')
);

CREATE TRIGGER review_resolutions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review_resolutions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE VIEW inv_resolution_is_the_outcome AS
SELECT v.subject_id, v.outcome, coalesce(p.status, r.status) AS status
FROM review_resolutions v
LEFT JOIN payments p ON p.id = v.subject_id
LEFT JOIN refunds r ON r.id = v.subject_id
WHERE coalesce(p.status, r.status) IS DISTINCT FROM v.outcome;

-- Where the bank itself does not know, what an operator found out stands; where it knows, that must be the same.
CREATE OR REPLACE VIEW inv_bank_agrees_on_payments AS
SELECT p.id AS payment_id, p.status, c.outcome, c.amount AS bank_amount, p.amount
FROM payments p JOIN simulator_charges c ON c.key = p.id AND c.kind = 'payment'
WHERE c.amount <> p.amount
   OR (((p.status = 'success' AND c.outcome <> 'approved') OR (p.status = 'failed' AND c.outcome <> 'declined'))
       AND NOT (c.outcome = 'unknown' AND EXISTS (SELECT FROM review_resolutions v WHERE v.subject_id = p.id)));

CREATE OR REPLACE VIEW inv_bank_agrees_on_refunds AS
SELECT r.id AS refund_id, r.status, c.outcome, c.amount AS bank_amount, r.amount
FROM refunds r JOIN simulator_charges c ON c.key = r.id AND c.kind = 'refund'
WHERE c.amount <> r.amount
   OR (((r.status = 'processed' AND c.outcome <> 'approved') OR (r.status = 'failed' AND c.outcome <> 'declined'))
       AND NOT (c.outcome = 'unknown' AND EXISTS (SELECT FROM review_resolutions v WHERE v.subject_id = r.id)));
