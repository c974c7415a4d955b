ALTER TABLE merchants ADD COLUMN allowed_origins TEXT[] DEFAULT '{}' NOT NULL;

ALTER TABLE payments
    ADD COLUMN authentication TEXT,
    ADD COLUMN authentication_attempts INTEGER DEFAULT '0' NOT NULL,
    ADD CONSTRAINT ck_payments_authentication CHECK (authentication IN ('required', 'passed', 'failed'));
