"""Merchants: the seeded one of a local evaluation, and the operator's command."""
