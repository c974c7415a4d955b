-- Built while writes to the table wait (SHARE lock): seconds for a million rows. The migration's lock_timeout
-- bounds the wait for the lock, not the build; CONCURRENTLY would be kinder and cannot run in a transaction.

-- Lists and totals come out of this index alone, whatever their filters.
CREATE INDEX idx_payments_report ON payments (merchant_id, created_at, id)
    INCLUDE (status, method, amount, currency);

-- The beginning of an id: LIKE needs an index in the order of characters, whatever the database's collation.
CREATE INDEX idx_payments_id_prefix ON payments (merchant_id, id text_pattern_ops);
CREATE INDEX idx_payments_order_id_prefix ON payments (merchant_id, order_id text_pattern_ops);

CREATE INDEX idx_payments_requires_review ON payments (merchant_id) WHERE requires_review;
CREATE INDEX idx_refunds_requires_review ON refunds (merchant_id) WHERE requires_review;
CREATE INDEX idx_refunds_processed_at ON refunds (merchant_id, processed_at) WHERE processed_at IS NOT NULL;
