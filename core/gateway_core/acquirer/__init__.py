"""Driving charges at an acquirer: the protocol, the processing of leased rows, and the simulated bank."""
