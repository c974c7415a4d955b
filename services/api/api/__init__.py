"""The HTTP API of the gateway: requests in, one transaction each, ready bytes out."""
