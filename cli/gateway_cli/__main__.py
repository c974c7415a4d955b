"""``python -m gateway_cli``: the same as ``gateway``, where no script of that name is installed."""

from __future__ import annotations

from gateway_cli.main import main

main()
