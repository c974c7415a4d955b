-- A merchant's oldest events are found without reading anybody else's. Built while writes to the table wait (SHARE lock);
-- events that were fanned out are not in it.
DROP INDEX idx_events_not_fanned_out;
CREATE INDEX idx_events_not_fanned_out ON events (merchant_id, id) WHERE fanned_out_at IS NULL;
