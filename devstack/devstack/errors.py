"""The one exception that devstack shows to its user."""

from __future__ import annotations


class DevstackError(Exception):
    """Something the user can fix. Its text is one clear line, printed without a traceback."""
