"""Webhooks: configuration, the delivery log, manual retries, test events."""
