-- The secret before the last change, sealed like the present one: it signs beside it until then.
ALTER TABLE merchants
    ADD COLUMN webhook_secret_previous_encrypted BYTEA,
    ADD COLUMN webhook_secret_previous_until TIMESTAMPTZ;
