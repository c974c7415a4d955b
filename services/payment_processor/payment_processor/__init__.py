"""Drives payments at the acquirer: submit → look up → settle."""
