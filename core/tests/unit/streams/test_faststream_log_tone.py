"""FastStream's own log lines: what we heal is a warning in one line, what is ours to mend keeps its traceback."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from faststream.redis.exceptions import StreamGroupNotFoundError
from redis.exceptions import ConnectionError as RedisConnectionError

from gateway_core.streams import faststream_log


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler = Kept()
    faststream_log.logger.addHandler(handler)
    yield handler
    faststream_log.logger.removeHandler(handler)


def test_redis_being_away_is_one_warning(kept: Kept) -> None:
    faststream_log.logger.error("Message fetch error", exc_info=RedisConnectionError("refused"))

    (record,) = kept.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "Redis trouble: refused"
    assert record.exc_info is None


def test_a_lost_group_is_not_critical(kept: Kept) -> None:
    faststream_log.logger.critical("restart the application", exc_info=StreamGroupNotFoundError("gone"))

    (record,) = kept.records
    assert (record.levelno, record.getMessage()) == (logging.WARNING, "the consumer group is gone")


def test_a_failed_handler_keeps_its_level_and_traceback(kept: Kept) -> None:
    faststream_log.logger.error("RuntimeError: it failed", exc_info=RuntimeError("it failed"))

    (record,) = kept.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)


def test_batches_are_not_told(kept: Kept) -> None:
    faststream_log.logger.debug("Received")
    faststream_log.logger.info("callback for task is being executed...")

    assert kept.records == []
