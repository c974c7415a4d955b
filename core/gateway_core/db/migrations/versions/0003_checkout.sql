ALTER TABLE merchants ADD COLUMN allowed_origins TEXT[] DEFAULT '{}' NOT NULL;

ALTER TABLE payments
    ADD COLUMN authentication TEXT,
    ADD COLUMN authentication_attempts INTEGER DEFAULT '0' NOT NULL,
    ADD CONSTRAINT ck_payments_authentication CHECK (authentication IN ('required', 'passed', 'failed'));

-- Who was asked for a code and has not passed is never charged.
CREATE VIEW inv_charged_without_authentication AS
SELECT p.id AS payment_id, p.status, p.authentication
FROM payments p
WHERE p.authentication IN ('required', 'failed')
  AND (p.status = 'success' OR EXISTS (SELECT FROM simulator_charges c WHERE c.key = p.id AND c.kind = 'payment'));
