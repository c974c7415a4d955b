"""Is the gateway fit to work, and how much work is waiting."""
