"""Makes refunds at the acquirer: submit → query the status → settle."""
