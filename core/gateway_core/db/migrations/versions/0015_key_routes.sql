-- Null: stored by a version before this one.
ALTER TABLE idempotency_keys ADD COLUMN route text;
