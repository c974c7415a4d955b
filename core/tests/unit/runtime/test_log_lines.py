from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from collections.abc import Iterator

import pytest

from gateway_core.runtime.logs import MAX_LINE_BYTES, LogFormat, configure_logging, log_context

log = logging.getLogger("gateway.test")


class Logged(io.StringIO):
    """Where the handler writes; reads back as lines."""

    def lines(self) -> list[str]:
        return self.getvalue().splitlines()

    def only(self) -> dict[str, str]:
        (line,) = self.lines()
        fields: dict[str, str] = json.loads(line)
        return fields


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)


def configured(log_format: LogFormat = "json", level: str = "INFO") -> Logged:
    stream = Logged()
    configure_logging("api", level=level, log_format=log_format, stream=stream)
    return stream


pytestmark = pytest.mark.usefixtures("restored_logging")


def test_a_line_has_the_documented_fields() -> None:
    stream = configured()
    log.warning("stored %d rows", 3, extra={"payment_id": "pay_1", "rows": 3})
    line = stream.only()
    assert line.pop("ts").endswith("Z")
    assert line == {
        "level": "WARNING",
        "logger": "gateway.test",
        "message": "stored 3 rows",
        "service": "api",
        "payment_id": "pay_1",
        "rows": "3",
    }


def test_context_reaches_lines_and_tasks_in_the_block_only() -> None:
    stream = configured()

    async def work() -> None:
        with log_context(request_id="req_1"), log_context(payment_id="pay_1"):
            await asyncio.create_task(asyncio.to_thread(log.info, "inside"))
        log.info("outside")

    asyncio.run(work())
    inside, outside = map(json.loads, stream.lines())
    assert (inside["request_id"], inside["payment_id"]) == ("req_1", "pay_1")
    assert "request_id" not in outside


def test_an_exception_brings_its_type_and_stack() -> None:
    stream = configured()
    try:
        raise ValueError("no card 4111111111111111")
    except ValueError:
        log.exception("failed")
    line = stream.only()
    assert line["error"] == "ValueError"
    assert "ValueError: no card [card]" in line["stack"]


def test_no_field_leaks_a_card_or_a_secret() -> None:
    stream = configured()
    with log_context(request_id="4111 1111 1111 1111"):
        log.info("%s", "secret_test_xyz789", extra={"card": 4111111111111111, "more": {"k": "whsec_abcdef"}})
    text = stream.getvalue()
    assert "4111" not in text
    assert "xyz789" not in text
    assert "abcdef" not in text


@pytest.mark.parametrize("bulk", ["x", "€", '"', "\x00", "\U0001f600"])
def test_a_line_is_bounded_and_stays_json(bulk: str) -> None:
    stream = configured()
    try:
        raise ValueError(bulk * 50_000)
    except ValueError:
        log.exception(bulk * 50_000, extra={"payment_id": bulk * 50_000, "body": bulk * 50_000})
    line = stream.lines()[0]
    assert len(line.encode()) <= MAX_LINE_BYTES
    assert json.loads(line)["truncated"] == "true"


def test_a_huge_text_costs_no_more_than_a_long_one() -> None:
    stream = configured()
    started_s = time.thread_time()
    log.info("1 " * 5_000_000)
    assert time.thread_time() - started_s < 0.5
    assert stream.only()["truncated"] == "true"


def test_wrong_arguments_of_a_log_call_still_make_a_line() -> None:
    stream = configured()
    log.info("%d rows", "many")
    assert stream.only()["message"] == "%d rows (its arguments do not fit)"


def test_text_that_is_no_unicode_still_makes_a_line() -> None:
    stream = configured()
    log.info("broken \ud800 text")
    assert stream.only()["message"].startswith("broken ")


@pytest.mark.parametrize(
    "library", ["uvicorn.error", "psycopg.pool", "faststream", "faststream.access.redis"]
)
def test_libraries_log_from_warning_up_in_our_format(library: str) -> None:
    noisy = logging.getLogger(library)
    noisy.handlers, noisy.propagate = [logging.StreamHandler(io.StringIO())], False
    stream = configured(level="DEBUG")
    noisy.setLevel(logging.INFO)
    noisy.info("chatter")
    noisy.warning("trouble")
    assert stream.only()["message"] == "trouble"


def test_the_level_applies_to_us() -> None:
    stream = configured(level="ERROR")
    log.warning("not this")
    log.error("this")
    assert stream.only()["message"] == "this"


def test_text_lines_for_people() -> None:
    stream = configured("text")
    log.info("ready", extra={"port": 8000})
    (line,) = stream.lines()
    assert line[2] == line[5] == ":"
    assert line[12:] == " INFO    gateway.test: ready port=8000"


def test_a_newline_in_a_message_cannot_forge_a_json_line() -> None:
    stream = configured()
    log.info('first\n{"level":"ERROR"}')
    assert stream.only()["level"] == "INFO"
