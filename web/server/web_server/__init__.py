"""Serves the pages and the SDK: files from memory, and headers that a payment page needs."""
