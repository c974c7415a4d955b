CREATE TABLE merchants (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    api_key TEXT NOT NULL,
    webhook_url TEXT,
    webhook_secret_encrypted BYTEA,
    is_active BOOLEAN DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_merchants PRIMARY KEY (id),
    CONSTRAINT uq_merchants_email UNIQUE (email),
    CONSTRAINT uq_merchants_api_key UNIQUE (api_key)
);

CREATE TABLE api_keys (
    key TEXT NOT NULL,
    merchant_id UUID NOT NULL,
    secret_sha256 BYTEA NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT pk_api_keys PRIMARY KEY (key),
    CONSTRAINT ck_api_keys_secret_sha256 CHECK (octet_length(secret_sha256) = 32),
    CONSTRAINT fk_api_keys_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);
CREATE INDEX idx_api_keys_merchant_id ON api_keys (merchant_id);

CREATE TABLE orders (
    id TEXT NOT NULL,
    merchant_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    receipt TEXT,
    notes JSON DEFAULT '{}' NOT NULL,
    status TEXT DEFAULT 'created' NOT NULL,
    active_payment_id TEXT,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT ck_orders_amount CHECK (amount BETWEEN 100 AND 9007199254740991),
    CONSTRAINT ck_orders_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT ck_orders_status CHECK (status IN ('created', 'attempted', 'paid')),
    CONSTRAINT fk_orders_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
) WITH (fillfactor = 80);
CREATE INDEX idx_orders_merchant_id ON orders (merchant_id, created_at, id);

CREATE TABLE payments (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    merchant_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    method TEXT NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    captured BOOLEAN DEFAULT false NOT NULL,
    vpa TEXT,
    card_network TEXT,
    card_last4 TEXT,
    error_code TEXT,
    error_description TEXT,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    amount_refunded BIGINT DEFAULT '0' NOT NULL,
    requires_review BOOLEAN DEFAULT false NOT NULL,
    next_attempt_at timestamptz DEFAULT now(),
    lease_generation INTEGER DEFAULT '0' NOT NULL,
    look_ups INTEGER DEFAULT '0' NOT NULL,
    traceparent TEXT,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT ck_payments_amount CHECK (amount >= 100),
    CONSTRAINT ck_payments_status CHECK (status IN ('pending', 'processing', 'success', 'failed')),
    CONSTRAINT ck_payments_method CHECK ((method = 'upi' AND vpa IS NOT NULL AND card_network IS NULL AND card_last4 IS NULL) OR (method = 'card' AND vpa IS NULL AND card_network IS NOT NULL AND card_last4 ~ '^[0-9]{4}$')),
    CONSTRAINT ck_payments_amount_refunded CHECK (amount_refunded BETWEEN 0 AND amount),
    CONSTRAINT ck_payments_only_success CHECK (status = 'success' OR (NOT captured AND amount_refunded = 0)),
    CONSTRAINT ck_payments_due CHECK ((status IN ('success', 'failed')) = (next_attempt_at IS NULL)),
    CONSTRAINT fk_payments_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT fk_payments_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
) WITH (fillfactor = 80);
CREATE INDEX idx_payments_due ON payments (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX idx_payments_merchant_id ON payments (merchant_id, created_at, id);
CREATE INDEX idx_payments_order_id ON payments (order_id);
CREATE INDEX idx_payments_status ON payments (merchant_id, status, created_at, id);
CREATE UNIQUE INDEX uq_payments_one_success ON payments (order_id) WHERE status = 'success';

CREATE TABLE refunds (
    id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    merchant_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT,
    status TEXT DEFAULT 'pending' NOT NULL,
    error_code TEXT,
    error_description TEXT,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    processed_at timestamptz,
    requires_review BOOLEAN DEFAULT false NOT NULL,
    next_attempt_at timestamptz DEFAULT now(),
    lease_generation INTEGER DEFAULT '0' NOT NULL,
    look_ups INTEGER DEFAULT '0' NOT NULL,
    traceparent TEXT,
    CONSTRAINT pk_refunds PRIMARY KEY (id),
    CONSTRAINT ck_refunds_amount CHECK (amount >= 1),
    CONSTRAINT ck_refunds_status CHECK (status IN ('pending', 'processing', 'processed', 'failed')),
    CONSTRAINT ck_refunds_due CHECK ((status IN ('processed', 'failed')) = (next_attempt_at IS NULL)),
    CONSTRAINT ck_refunds_processed_at CHECK ((status = 'processed') = (processed_at IS NOT NULL)),
    CONSTRAINT fk_refunds_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT fk_refunds_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);
CREATE INDEX idx_refunds_due ON refunds (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX idx_refunds_payment_id ON refunds (payment_id, created_at);

CREATE TABLE events (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id UUID NOT NULL,
    type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    payload BYTEA NOT NULL,
    traceparent TEXT,
    created_at timestamptz DEFAULT now() NOT NULL,
    published_at timestamptz,
    fanned_out_at timestamptz,
    CONSTRAINT pk_events PRIMARY KEY (id)
);
CREATE INDEX idx_events_not_fanned_out ON events (id) WHERE fanned_out_at IS NULL;
CREATE INDEX idx_events_unpublished ON events (id) WHERE published_at IS NULL;
CREATE UNIQUE INDEX uq_events_once_per_transition ON events (subject_id, type) WHERE type <> 'webhook.test';

CREATE TABLE webhook_logs (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    merchant_id UUID NOT NULL,
    event TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    payload JSON NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    last_attempt_at timestamptz,
    next_retry_at timestamptz DEFAULT now(),
    response_code INTEGER,
    response_body TEXT,
    last_error TEXT,
    created_at timestamptz DEFAULT now() NOT NULL,
    leased_until timestamptz,
    lease_generation INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_webhook_logs PRIMARY KEY (id),
    CONSTRAINT ck_webhook_logs_status CHECK (status IN ('pending', 'success', 'failed')),
    CONSTRAINT ck_webhook_logs_due CHECK (status <> 'pending' OR next_retry_at IS NOT NULL),
    CONSTRAINT fk_webhook_logs_event_id FOREIGN KEY(event_id) REFERENCES events (id)
) WITH (fillfactor = 80);
CREATE INDEX idx_webhook_logs_merchant_id ON webhook_logs (merchant_id, created_at, id);
CREATE INDEX idx_webhook_logs_next_retry_at ON webhook_logs (next_retry_at) WHERE status = 'pending';
CREATE INDEX idx_webhook_logs_status ON webhook_logs (status, merchant_id) WHERE status <> 'success';
CREATE UNIQUE INDEX uq_webhook_logs_event_id ON webhook_logs (event_id);

CREATE TABLE webhook_attempts (
    delivery_id UUID NOT NULL,
    lease_generation INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    url TEXT NOT NULL,
    started_at timestamptz DEFAULT now() NOT NULL,
    duration_ms INTEGER NOT NULL,
    response_code INTEGER,
    response_body TEXT,
    error TEXT,
    CONSTRAINT pk_webhook_attempts PRIMARY KEY (delivery_id, lease_generation),
    CONSTRAINT fk_webhook_attempts_delivery_id FOREIGN KEY(delivery_id) REFERENCES webhook_logs (id)
);

CREATE TABLE idempotency_keys (
    key TEXT NOT NULL,
    merchant_id UUID NOT NULL,
    fingerprint BYTEA NOT NULL,
    status_code INTEGER NOT NULL,
    response JSON NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (key, merchant_id),
    CONSTRAINT fk_idempotency_keys_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);
CREATE INDEX idx_idempotency_keys_expires_at ON idempotency_keys (expires_at);

CREATE TABLE worker_heartbeats (
    worker_id TEXT NOT NULL,
    queue TEXT NOT NULL,
    in_flight INTEGER DEFAULT '0' NOT NULL,
    started_at timestamptz DEFAULT now() NOT NULL,
    beat_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_worker_heartbeats PRIMARY KEY (worker_id, queue)
);

CREATE TABLE simulator_charges (
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    final_at timestamptz NOT NULL,
    submissions INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_simulator_charges PRIMARY KEY (key),
    CONSTRAINT ck_simulator_charges_kind CHECK (kind IN ('payment', 'refund')),
    CONSTRAINT ck_simulator_charges_outcome CHECK (outcome IN ('approved', 'declined', 'unknown'))
);
