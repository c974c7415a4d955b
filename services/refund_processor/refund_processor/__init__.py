"""Drives refunds at the acquirer: submit → look up → settle."""
