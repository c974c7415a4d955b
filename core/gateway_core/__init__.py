"""The payment gateway's shared library; see docs/adr for the layers and their order."""

import os
import signal

VERSION = "0.1.0"

if os.getpid() == 1:
    # A container's first process ignores what it does not handle: a SIGTERM that comes before the lifecycle's own
    # handler would be lost, and the process killed after its whole grace, amid work that it has begun meanwhile.
    signal.signal(signal.SIGTERM, lambda number, _: os._exit(128 + number))
