ALTER TABLE merchants ADD COLUMN password_hash TEXT;
CREATE UNIQUE INDEX uq_merchants_email_lower ON merchants (lower(email));

ALTER TABLE api_keys
    ADD COLUMN name TEXT,
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN expires_at timestamptz;

CREATE TABLE sessions (
    token_sha256 BYTEA NOT NULL,
    merchant_id UUID NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    last_seen_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (token_sha256),
    CONSTRAINT ck_sessions_token_sha256 CHECK (octet_length(token_sha256) = 32),
    CONSTRAINT fk_sessions_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);
CREATE INDEX idx_sessions_expires_at ON sessions (expires_at);
CREATE INDEX idx_sessions_merchant_id ON sessions (merchant_id, created_at);

CREATE TABLE sign_in_failures (
    subject BYTEA NOT NULL,
    failures INTEGER DEFAULT '0' NOT NULL,
    last_failed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_sign_in_failures PRIMARY KEY (subject),
    CONSTRAINT ck_sign_in_failures_subject CHECK (octet_length(subject) = 32)
);
CREATE INDEX idx_sign_in_failures_last_failed_at ON sign_in_failures (last_failed_at);
