"""Payments: create, read, list, capture."""
