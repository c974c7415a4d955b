"""Idempotency keys (contract, Rules): one effect and one answer, atomic with each other.

A key is held for the length of one transaction, in which the effect happens and the answer is stored; so a
crash leaves both or neither. Only success is stored: a refused request may be corrected and sent again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel

from gateway_core.db.pool import Connection
from gateway_core.db.queries import idempotency
from gateway_core.db.queries.idempotency import KeyScope, StoredAnswer, store_answers
from gateway_core.domain.errors import GatewayError, idempotency_key_in_use, idempotency_key_reused

# Merchants' own keys are ASCII, so no payer can ever take one of them.
_PUBLIC_SEPARATOR = "·"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request's ``Idempotency-Key`` and what tells this request from another one under the same key.

    ``route``: its method and path, which the fingerprint covers too.
    """

    text: str
    route: str
    fingerprint: bytes

    def of_merchant(self, merchant_id: UUID) -> ScopedKey:
        """The key among the merchant's."""
        return ScopedKey(KeyScope(merchant_id, self.text), self.route, self.fingerprint)

    def of_payer(self, merchant_id: UUID, order_id: str) -> ScopedKey:
        """The key of an anonymous payer: it counts within one order only."""
        text = _PUBLIC_SEPARATOR.join(("public", order_id, self.text))
        return ScopedKey(KeyScope(merchant_id, text), self.route, self.fingerprint)


@dataclass(frozen=True, slots=True)
class ScopedKey:
    """What makes two requests the same one."""

    scope: KeyScope
    route: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that was stored under a key: this status and exactly these bytes."""

    status: int
    body: bytes

    def of(self, content: BaseModel) -> Replay:
        """The same with what is never stored put back."""
        return Replay(self.status, encode(content))


KeyOutcome: TypeAlias = Replay | GatewayError | None
"""What the key alone decides: the answer to replay, a refusal, or None: go ahead."""


async def look_up(conn: Connection, keys: Sequence[ScopedKey | None]) -> list[KeyOutcome]:
    """What each key decides; within a transaction, the free ones are held until it ends. The first of equals wins."""
    scopes = list(dict.fromkeys(key.scope for key in keys if key is not None))
    states = dict(zip(scopes, await idempotency.look_up(conn, scopes), strict=True)) if scopes else {}
    outcomes: list[KeyOutcome] = []
    for key in keys:
        if key is None:
            outcomes.append(None)
        elif (state := states.pop(key.scope, None)) is None or not state.is_free:
            outcomes.append(idempotency_key_in_use())
        else:
            outcomes.append(_compare(key, state.answer))
    return outcomes


async def store(conn: Connection, status: int, answers: Sequence[tuple[ScopedKey | None, BaseModel]]) -> None:
    """Store the answers of those requests that carried a key."""
    rows = [
        (key.scope, StoredAnswer(key.fingerprint, key.route, status, encode(content)))
        for key, content in answers
        if key is not None
    ]
    if rows:
        await store_answers(conn, rows)


async def run_idempotent(
    conn: Connection, key: ScopedKey | None, status: int, act: Callable[[], Awaitable[Model]]
) -> Model | Replay:
    """The stored answer, or that of ``act``, stored; raises what the key or ``act`` refuses."""
    [outcome] = await look_up(conn, [key])
    match outcome:
        case Replay():
            return outcome
        case GatewayError():
            raise outcome
        case None:
            content = await act()
            await store(conn, status, [(key, content)])
            return content


def encode(content: BaseModel) -> bytes:
    """The bytes that FastAPI makes of ``content`` under ``response_model_exclude_unset``."""
    return content.model_dump_json(exclude_unset=True).encode()


def _compare(key: ScopedKey, stored: StoredAnswer | None) -> KeyOutcome:
    if stored is None:
        return None
    if stored.fingerprint != key.fingerprint:
        return idempotency_key_reused("path" if stored.route not in (None, key.route) else "body")
    return Replay(stored.status_code, stored.body)
