"""``python -m api.review``: the operator ends payments and refunds whose end the acquirer does not tell.

    list
    resolve ID --outcome success|failed --by WHO --reason WHY

Needs DATABASE_URL and ENCRYPTION_KEY as the API has them. ``success``: the acquirer has said that the money moved;
``failed``: that it did not and will not.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence

from api.command import Done, OperatorSettings, carry_out
from api.review.operator import OUTCOMES, Reviewer
from gateway_core.db.pool import Pool
from gateway_core.runtime.environment import load_settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says; a refusal is one line on stderr and exit code 1."""
    wanted = _parser().parse_args(arguments)

    async def act(pool: Pool) -> Done:
        reviewer = Reviewer(pool)
        if wanted.command == "list":
            return await reviewer.list_waiting()
        return await reviewer.resolve(wanted.id, wanted.outcome, by=wanted.by, reason=wanted.reason)

    carry_out(load_settings(OperatorSettings), "review", act)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m api.review", description="Payments and refunds in review.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what waits for a person, oldest first")
    resolve = commands.add_parser("resolve", help="end one as the acquirer says it ended; cannot be undone")
    resolve.add_argument("id", help="pay_… or rfnd_…")
    resolve.add_argument("--outcome", required=True, choices=list(OUTCOMES), help="whether the money moved")
    resolve.add_argument("--by", required=True, help="who decides; kept for good")
    resolve.add_argument(
        "--reason", required=True, help="how that is known; kept for good, shown to no merchant"
    )
    return parser


if __name__ == "__main__":
    main()
