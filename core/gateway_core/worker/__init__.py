"""What every queue worker has: one due loop, a subscription that wakes it, a heartbeat, metrics."""
