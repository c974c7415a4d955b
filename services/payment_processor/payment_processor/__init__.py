"""Charges payments at the acquirer: submit → query the status → settle."""
