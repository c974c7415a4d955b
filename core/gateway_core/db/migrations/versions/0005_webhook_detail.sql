-- Null: every event. A name that this list lacks makes no delivery; webhook.test always does.
ALTER TABLE merchants ADD COLUMN webhook_events TEXT[];

ALTER TABLE webhook_attempts
    ADD COLUMN request_headers JSON,
    ADD COLUMN response_headers JSON;

-- What a delivery is about, copied from its event, so that one index serves a search within one merchant.
-- The default is for a dispatcher of the version before, which may still be at work while this one starts.
ALTER TABLE webhook_logs ADD COLUMN subject_id TEXT DEFAULT '' NOT NULL;
UPDATE webhook_logs l SET subject_id = e.subject_id FROM events e WHERE e.id = l.event_id;
CREATE INDEX idx_webhook_logs_subject_id ON webhook_logs (merchant_id, subject_id text_pattern_ops);

-- With what the log is filtered by, so that counting and paging visit no row that they do not show.
DROP INDEX idx_webhook_logs_merchant_id;
CREATE INDEX idx_webhook_logs_merchant_id ON webhook_logs (merchant_id, created_at, id) INCLUDE (event, status);

-- What the log shows of a delivery is what its last attempt came to, also after a manual retry.
CREATE VIEW inv_delivery_shows_last_attempt AS
SELECT l.id AS delivery_id, l.response_code, a.response_code AS attempt_response_code
FROM webhook_logs l
CROSS JOIN LATERAL (
    SELECT started_at, response_code, error FROM webhook_attempts
    WHERE delivery_id = l.id ORDER BY lease_generation DESC LIMIT 1
) a
WHERE l.last_attempt_at IS DISTINCT FROM a.started_at
   OR l.response_code IS DISTINCT FROM a.response_code
   OR (l.last_error IS DISTINCT FROM a.error AND l.last_error IS DISTINCT FROM 'no_url');
