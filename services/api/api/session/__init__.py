"""Signing in to the dashboard."""
