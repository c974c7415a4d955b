"""The checkout's page: a payment in its payer's hands, and the sites that may frame it."""
