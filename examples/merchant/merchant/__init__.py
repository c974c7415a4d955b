"""An example merchant: a shop that takes a payment, and a receiver that verifies webhooks and shows them."""
