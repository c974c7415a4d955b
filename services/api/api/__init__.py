"""The HTTP API of the gateway: requests in, one transaction each, ready bytes out."""

import gateway_core  # noqa: F401 - before everything that takes long to import: it handles an early SIGTERM
