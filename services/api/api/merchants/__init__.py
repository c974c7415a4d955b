"""The seeded merchant of a local evaluation."""
