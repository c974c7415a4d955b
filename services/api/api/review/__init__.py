"""The operator's word on payments and refunds whose end the acquirer does not tell."""
