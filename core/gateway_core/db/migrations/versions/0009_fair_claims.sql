-- With the time at which a delivery is due, each merchant's next ones are found without reading anybody else's.
-- Built while writes to the table wait (SHARE lock); deliveries that succeeded are not in it.
DROP INDEX idx_webhook_logs_status;
CREATE INDEX idx_webhook_logs_status ON webhook_logs (status, merchant_id, next_retry_at) WHERE status <> 'success';
