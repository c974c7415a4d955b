"""``gateway review``: payments and refunds whose outcome the acquirer does not report, ended by an operator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Annotated, Final, TypeAlias

import typer

from gateway_cli.database import DatabaseSettings, run
from gateway_cli.output import AsJson, examples, print_json, print_table
from gateway_core.acquiring.events import settled_event
from gateway_core.acquiring.sources import PAYMENTS, REFUNDS, ChargeSource
from gateway_core.db.pool import Connection
from gateway_core.db.queries import clock, events, review
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.leases import Settlement
from gateway_core.db.queries.review import InReview, Resolution, ReviewState
from gateway_core.domain.acquiring import Approved, Declined, Settle, decide
from gateway_core.domain.errors import bad_request, not_found
from gateway_core.domain.ids import PAYMENT_PREFIX, REFUND_PREFIX, is_id
from gateway_core.domain.text import check_text
from gateway_core.runtime.environment import load_settings

MAX_LISTED: Final = 1_000
MAX_BY_LENGTH: Final = 255
MAX_REASON_LENGTH: Final = 1_000

app = typer.Typer(
    no_args_is_help=True, help="End payments and refunds whose outcome the acquirer does not report."
)
Answer: TypeAlias = Approved | Declined


class Outcome(StrEnum):
    """What the operator has found out about the money."""

    SUCCESS = "success"
    FAILED = "failed"


ANSWERS: Final[Mapping[Outcome, Answer]] = {
    Outcome.SUCCESS: Approved(),
    Outcome.FAILED: Declined("The bank did not complete it"),
}
"""The acquirer's answer that each outcome stands for. Merchants and payers see the text of a failure."""

_SOURCES: Final = {PAYMENT_PREFIX: PAYMENTS, REFUND_PREFIX: REFUNDS}


async def resolve(conn: Connection, subject_id: str, outcome: Outcome, *, by: str, reason: str) -> str:
    """End a payment or refund with the events of any other end, and record who decided. Returns its status.

    Refused (GatewayError) unless it is in review and no worker holds it: one that does may be about to submit what
    the acquirer turns out never to have seen. A worker that lost its lease records nothing afterwards.
    """
    source = _source_of(subject_id)
    who, why = _filled(by, "by", MAX_BY_LENGTH), _filled(reason, "reason", MAX_REASON_LENGTH)
    async with conn.transaction():
        state = _check_resolvable(await review.lock(conn, source.table, subject_id))
        now = await clock.transaction_time(conn)
        event, status = await _end(conn, source, state, ANSWERS[outcome], now)
        await events.append(conn, [event])
        await review.record(conn, Resolution(subject_id, event.merchant_id, status, who, why))
    return status


def _source_of(subject_id: str) -> ChargeSource:
    for prefix, source in _SOURCES.items():
        if is_id(prefix, subject_id):
            return source
    raise not_found("Payment or refund")


def _filled(text: str, name: str, max_length: int) -> str:
    """What is kept for good must say something."""
    filled = check_text(text, name, max_length).strip()
    if not filled:
        raise bad_request(f"{name} is required", field=name)
    return filled


def _check_resolvable(state: ReviewState | None) -> ReviewState:
    if state is None:
        raise not_found("Payment or refund")
    if not state.requires_review:
        raise bad_request(f"it is not in review, its status is {state.status}")
    if state.held_for_s > 0:
        raise bad_request(
            f"a worker is asking the acquirer about it: try again in {ceil(state.held_for_s)} s"
        )
    return state


async def _end(
    conn: Connection, source: ChargeSource, state: ReviewState, answer: Answer, now: datetime
) -> tuple[NewEvent, str]:
    """Settle a locked row, with all that follows the acquirer's own answer."""
    record = await source.get(conn, state.lease.id)
    end = decide(answer, 0, now, source.ends)
    assert record is not None  # its row is locked by this transaction
    assert isinstance(end, Settle)  # what follows a final answer
    await source.settle(conn, [Settlement(state.lease, end.status, end.error_code, end.error_description)])
    return settled_event(record, end, now), end.status


@app.command("list", epilog=examples("gateway review list", "gateway review list --json"))
def list_command(as_json: AsJson = False) -> None:
    """List payments and refunds that wait for a decision, oldest first. Amounts are in the minor unit."""
    found = run(
        load_settings(DatabaseSettings).database_url, lambda conn: review.waiting(conn, MAX_LISTED + 1)
    )
    shown, has_more = found[:MAX_LISTED], len(found) > MAX_LISTED
    if as_json:
        print_json({"in_review": [_document(each) for each in shown], "has_more": has_more})
    elif shown:
        print_table([_row(each) for each in shown])
    else:
        typer.echo("Nothing is in review.")
    if has_more and not as_json:
        typer.echo(f"Only the {MAX_LISTED} oldest are shown.")


@app.command(
    "resolve",
    epilog=examples(
        "gateway review resolve pay_7Hs2Lw9QeR4tY6uI8oP0aS --outcome failed --by asha"
        ' --reason "ticket 7: the bank has no such charge"'
    ),
)
def resolve_command(
    subject_id: Annotated[str, typer.Argument(metavar="ID", help="pay_… or rfnd_…")],
    outcome: Annotated[Outcome, typer.Option(help="Whether the money moved.")],
    by: Annotated[str, typer.Option(help="Who decides; kept for good.")],
    reason: Annotated[str, typer.Option(help="How that is known; kept for good, not shown to merchants.")],
    as_json: AsJson = False,
) -> None:
    """End a payment or refund as the acquirer says it ended. This cannot be undone."""
    status = run(
        load_settings(DatabaseSettings).database_url,
        lambda conn: resolve(conn, subject_id, outcome, by=by, reason=reason),
    )
    if as_json:
        print_json({"id": subject_id, "status": status})
    else:
        typer.echo(f"{subject_id} is {status}.")


def _document(found: InReview) -> dict[str, object]:
    return {
        "id": found.id,
        "merchant_id": found.merchant_id,
        "amount": found.amount,
        "currency": found.currency,
        "created_at": found.created_at,
        "status_queries": found.status_queries,
    }


def _row(found: InReview) -> dict[str, object]:
    return {
        "ID": found.id,
        "Amount": f"{found.amount} {found.currency}",
        "Created": found.created_at,
        "Status queries": found.status_queries,
        "Merchant": found.merchant_id,
    }
