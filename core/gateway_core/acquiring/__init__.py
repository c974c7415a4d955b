"""Charges at an acquirer: the port, the one procedure for payments and refunds, and the simulated bank."""
