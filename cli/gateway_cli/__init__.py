"""The operator's command ``gateway``."""
