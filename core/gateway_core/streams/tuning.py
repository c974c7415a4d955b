"""The numbers of a subscription and the rule that ties them together."""

from __future__ import annotations

from dataclasses import dataclass

# FastStream refuses nothing here, but from 5000 ms on the blocking read meets redis-py's 5 s socket timeout.
MAX_INTERVAL_MS = 4000


@dataclass(frozen=True, slots=True)
class Tuning:
    """Bounds of one subscription. The defaults fit a handler that runs one claim cycle of a due loop.

    `max_records`: entries per read, so hints per handler call. `handler_timeout_s`: a call that takes longer
    is cancelled and its entries stay pending. `max_deliveries`: after that many an entry is quarantined.
    Raises ValueError for a number that would not work.
    """

    max_records: int = 200
    polling_interval_ms: int = 2000
    claim_interval_ms: int = 4000
    handler_timeout_s: float = 30.0
    graceful_timeout_s: float = 15.0
    max_deliveries: int = 5
    quarantine_maxlen: int = 1000

    def __post_init__(self) -> None:
        for interval_ms in (self.polling_interval_ms, self.claim_interval_ms):
            if not 0 < interval_ms <= MAX_INTERVAL_MS:
                raise ValueError(f"an interval must be 1 to {MAX_INTERVAL_MS} ms, not {interval_ms}")
        if min(self.max_records, self.max_deliveries, self.quarantine_maxlen) < 1:
            raise ValueError("max_records, max_deliveries and quarantine_maxlen must be at least 1")
        if min(self.handler_timeout_s, self.graceful_timeout_s) <= 0:
            raise ValueError("handler_timeout_s and graceful_timeout_s must be positive")

    @property
    def min_idle_ms(self) -> int:
        """How long an entry must be pending before it is taken for abandoned and claimed, in ms.

        It has to exceed (calls ahead / workers + 1) x worst handler + graceful timeout, else healthy work
        runs twice. A batch is one call on one worker, and its worst time is enforced: `handler_timeout_s`.
        """
        calls_ahead = 1
        return int(1000 * ((calls_ahead + 1) * self.handler_timeout_s + self.graceful_timeout_s)) + 1
