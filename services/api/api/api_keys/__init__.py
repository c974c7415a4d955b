"""A merchant's API keys."""
