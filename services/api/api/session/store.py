"""Sessions by their token."""

from __future__ import annotations

from api.session.cookie import hash_token
from gateway_core.db.pool import Pool, reading
from gateway_core.db.queries import sessions
from gateway_core.db.queries.sessions import SessionView


class SessionStore:
    """Looks every session up at every request: an ended one is over at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, token: str, *, in_use: bool = True) -> SessionView | None:
        """The live session of ``token``; ``in_use`` keeps it from being left idle."""
        token_sha256 = hash_token(token)
        async with reading(self._pool) as conn:
            found = await sessions.find_session(conn, token_sha256)
            if found is not None and found.is_stale and in_use:
                await sessions.touch_session(conn, token_sha256)
        return found

    async def end(self, token: str) -> None:
        """End the session of ``token``, if there is one."""
        async with reading(self._pool) as conn:
            await sessions.end_session(conn, hash_token(token))
