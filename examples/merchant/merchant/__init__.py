"""An example merchant: receives webhooks, verifies them, and shows what arrived."""
