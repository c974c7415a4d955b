"""Merchants: the seeded one of a local evaluation."""
