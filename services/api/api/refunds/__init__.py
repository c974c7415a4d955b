"""Refunds: create, read, list."""
