ALTER TABLE merchants
    ADD COLUMN logo_url text,
    ADD COLUMN brand_color text CONSTRAINT ck_merchants_brand_color CHECK (brand_color ~ '^#[0-9a-f]{6}$'),
    ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';

-- Built while writes to the table wait (SHARE lock): seconds for a million rows.
-- A payment has either a VPA or the last four digits of a card, so one index finds both.
CREATE INDEX idx_payments_instrument ON payments (merchant_id, coalesce(vpa, card_last4));
CREATE INDEX idx_orders_receipt ON orders (merchant_id, receipt) WHERE receipt IS NOT NULL;
CREATE INDEX idx_refunds_id_prefix ON refunds (merchant_id, id text_pattern_ops);
