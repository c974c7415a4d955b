ALTER TABLE payments ADD COLUMN submitted_at timestamptz;
ALTER TABLE refunds ADD COLUMN submitted_at timestamptz;

-- Only what is processing is asked about again. The partial index of due rows finds it: final rows are not in it.
UPDATE payments SET submitted_at = updated_at
WHERE next_attempt_at IS NOT NULL AND status = 'processing' AND lease_generation > 0;
UPDATE refunds SET submitted_at = updated_at
WHERE next_attempt_at IS NOT NULL AND status = 'processing' AND lease_generation > 0;
