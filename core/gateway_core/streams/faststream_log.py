"""FastStream's log lines in the tone of a process that heals itself."""

from __future__ import annotations

import logging

from faststream.redis.exceptions import StreamGroupNotFoundError
from redis.exceptions import RedisError


class _Toned(logging.Filter):
    """Redis being away is one warning, not an error with a traceback; a lost group is made again, not critical."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, StreamGroupNotFoundError):
            _become_warning(record, "the consumer group is gone")
        elif isinstance(error, RedisError):
            _become_warning(record, f"Redis trouble: {error}")
        return True


def _become_warning(record: logging.LogRecord, message: str) -> None:
    record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    record.msg, record.args = message, None
    record.exc_info = record.exc_text = None


# Below WARNING FastStream tells of each batch and of each task that ends, as it should.
logger = logging.getLogger("gateway_core.streams.faststream")
logger.setLevel(logging.WARNING)
logger.addFilter(_Toned())
