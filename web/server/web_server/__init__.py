"""Serves the pages and the SDK: files from memory, and headers that a payment page needs."""

import gateway_core  # noqa: F401 - before everything that takes long to import: it handles an early SIGTERM
