"""``python -m merchant``: the receiver and the shop, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import os
import sys

from merchant.app import serve
from merchant.log import DeliveryLog
from merchant.settings import read_settings
from merchant.shop_settings import read_shop_settings


def main() -> None:
    """Read the settings and the log, then serve. What makes that impossible is one line and exit code 1."""
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)  # type: ignore[union-attr]
    try:
        settings = read_settings(os.environ)
        shop = read_shop_settings(os.environ, settings.secret)
        serve(settings, shop, DeliveryLog(settings.log_path))
    except (OSError, ValueError) as error:
        sys.exit(f"the receiver cannot run: {error}")


main()
