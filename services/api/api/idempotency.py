"""Idempotency keys (contract, Rules): one effect and one answer, atomic with each other.

A key is held for the length of one transaction, in which the effect happens and the answer is stored; so a
crash leaves both or neither. Only success is stored: a refused request may be corrected and sent again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from api.answers import Answer
from api.pipeline import both
from gateway_core.db.pool import Connection
from gateway_core.db.queries.idempotency import (
    KeyScope,
    StoredAnswer,
    find_answers,
    store_answers,
    try_lock,
)
from gateway_core.domain.errors import GatewayError, idempotency_key_in_use, idempotency_key_reused
from gateway_core.domain.idempotency import fingerprint
from gateway_core.domain.validation import check_idempotency_key

# Merchants' own keys are ASCII, so no payer can ever take one of them.
_PUBLIC_SEPARATOR = "·"


@dataclass(frozen=True, slots=True)
class Keyed:
    """What makes two requests the same one."""

    scope: KeyScope
    fingerprint: bytes


Verdict: TypeAlias = Answer | GatewayError | None
"""What the key alone decides: the answer to replay, a refusal, or None: go ahead."""


class Keys:
    """Makes a :class:`Keyed` of a request. ``secret_key`` keys the fingerprints (``Cipher``)."""

    def __init__(self, secret_key: bytes) -> None:
        self._secret_key = secret_key

    def of_merchant(self, merchant_id: UUID, key: str | None, route: str, body: object) -> Keyed | None:
        """None without a key; BAD_REQUEST_ERROR for one out of bounds. ``route`` is method and path."""
        if key is None:
            return None
        scope = KeyScope(merchant_id, check_idempotency_key(key))
        return Keyed(scope, fingerprint(self._secret_key, route, body))

    def of_payer(
        self, merchant_id: UUID, order_id: str, key: str | None, route: str, body: object
    ) -> Keyed | None:
        """The same for an anonymous payer, whose keys count within one order only."""
        if key is None:
            return None
        scoped = _PUBLIC_SEPARATOR.join(("public", order_id, check_idempotency_key(key)))
        return Keyed(KeyScope(merchant_id, scoped), fingerprint(self._secret_key, route, body))


async def judge(conn: Connection, keyeds: Sequence[Keyed | None]) -> list[Verdict]:
    """Take the keys for this transaction and say what each decides. The first of equal keys wins."""
    scopes = list(dict.fromkeys(keyed.scope for keyed in keyeds if keyed is not None))
    if not scopes:
        return [None] * len(keyeds)
    # One after the other on the wire, as they must be; only the waiting is shared.
    locks, stored = await both(try_lock(conn, scopes), find_answers(conn, scopes))
    free = {scope for scope, held in zip(scopes, locks, strict=True) if held}
    verdicts: list[Verdict] = []
    for keyed in keyeds:
        if keyed is None:
            verdicts.append(None)
        elif keyed.scope not in free:
            verdicts.append(idempotency_key_in_use())
        else:
            verdicts.append(_compare(keyed, stored.get(keyed.scope)))
            free.discard(keyed.scope)
    return verdicts


async def store(conn: Connection, answers: Sequence[tuple[Keyed | None, Answer]]) -> None:
    """Store the answers of those requests that carried a key."""
    rows = [
        (keyed.scope, StoredAnswer(keyed.fingerprint, answer.status, answer.body))
        for keyed, answer in answers
        if keyed is not None
    ]
    if rows:
        await store_answers(conn, rows)


async def once(conn: Connection, keyed: Keyed | None, act: Callable[[], Awaitable[Answer]]) -> Answer:
    """The stored answer, or that of ``act``, stored; raises what the key or ``act`` refuses."""
    [verdict] = await judge(conn, [keyed])
    match verdict:
        case Answer():
            return verdict
        case GatewayError():
            raise verdict
        case None:
            answer = await act()
            await store(conn, [(keyed, answer)])
            return answer


def _compare(keyed: Keyed, stored: StoredAnswer | None) -> Verdict:
    if stored is None:
        return None
    if stored.fingerprint != keyed.fingerprint:
        return idempotency_key_reused()
    return Answer(stored.status_code, stored.body, replayed=True)
