"""Delivers events to merchants: fan-out, signed POST, retries."""
