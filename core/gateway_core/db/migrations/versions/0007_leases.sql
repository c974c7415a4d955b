-- A worker of the version before leaves these as they are: until it is gone, some leases count as expired that were not.
ALTER TABLE payments ADD COLUMN leased BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE refunds ADD COLUMN leased BOOLEAN DEFAULT false NOT NULL;
