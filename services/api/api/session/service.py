"""Signing in and out."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.session.cookie import hash_token, new_token
from api.session.passwords import Passwords
from api.session.schemas import Environment, Session, SignInInput, session
from api.session.store import SessionStore
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import clock, sessions
from gateway_core.db.queries.sessions import Account
from gateway_core.db.seed import TEST_MERCHANT_ID
from gateway_core.domain.errors import rate_limited, sign_in_failed
from gateway_core.domain.sign_in import (
    ACCOUNT_THROTTLE,
    ADDRESS_THROTTLE,
    count_try,
    wait_s,
)

ACCOUNT_SUBJECT: Final = b"sign-in account\0"
ADDRESS_SUBJECT: Final = b"sign-in address\0"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, and the token that goes into the cookie and nowhere else."""

    session: Session
    token: str


@dataclass(frozen=True, slots=True)
class _Subjects:
    """What a sign-in is counted under: keyed hashes, since people type passwords into the wrong field."""

    account: bytes
    address: bytes


class SessionService:
    """Sessions of one gateway. ``subject_key`` keys the hashes under which failed sign-ins are counted."""

    def __init__(
        self,
        pool: Pool,
        store: SessionStore,
        passwords: Passwords,
        subject_key: bytes,
        environment: Environment,
    ) -> None:
        self._pool = pool
        self._store = store
        self._passwords = passwords
        self._subject_key = subject_key
        self._environment = environment

    async def sign_in(self, wanted: SignInInput, address: str, old_token: str | None) -> SignedIn:
        """A new session; the one of ``old_token`` ends. AUTHENTICATION_ERROR, RATE_LIMIT_ERROR."""
        email, password = wanted.email, wanted.password
        subjects = _Subjects(
            self._subject(ACCOUNT_SUBJECT, email.encode()), self._subject(ADDRESS_SUBJECT, address.encode())
        )
        async with transaction(self._pool) as conn:
            account = await sessions.find_account(conn, email)
            is_open = self._is_open(account)
            wait = 0 if is_open else await _count(conn, subjects)
        if wait:
            raise rate_limited(wait)
        stored = None if account is None else account.password_hash
        if not is_open and not await self._passwords.verify(stored, password):
            _log.warning("sign-in refused")
            raise sign_in_failed()
        assert account is not None  # nobody's password never verifies
        return await self._begin(account, password, subjects, old_token)

    async def find(self, token: str | None) -> Session | None:
        """The session of ``token``, None once it has ended."""
        found = None if token is None else await self._store.find(token)
        if found is None:
            return None
        return session(str(found.merchant_id), found, self._environment, found.expires_at)

    async def sign_out(self, token: str | None) -> None:
        """End the session of ``token``; there may be none."""
        if token is not None:
            await self._store.end(token)

    async def aclose(self) -> None:
        await self._passwords.aclose()

    def _is_open(self, account: Account | None) -> bool:
        """The seeded merchant of a local evaluation takes any password, so none is guessed at."""
        return account is not None and account.id == TEST_MERCHANT_ID and self._environment == "local"

    async def _begin(
        self, account: Account, password: str, subjects: _Subjects, old_token: str | None
    ) -> SignedIn:
        new_hash = await self._renewed(account.password_hash, password)
        token = new_token()
        async with transaction(self._pool) as conn:
            if new_hash is not None:
                await sessions.set_password_hash(conn, account.id, new_hash, instead_of=account.password_hash)
            if old_token is not None:
                await sessions.end_session(conn, hash_token(old_token))
            await sessions.forgive(conn, subjects.account, subjects.address)
            expires_at: datetime = await sessions.insert_session(conn, hash_token(token), account.id)
        _log.info("signed in", extra={"merchant_id": str(account.id)})
        return SignedIn(session(str(account.id), account, self._environment, expires_at), token)

    async def _renewed(self, password_hash: str | None, password: str) -> str | None:
        """The password under today's parameters, if it is kept under others."""
        if password_hash is None or not self._passwords.is_outdated(password_hash):
            return None
        return await self._passwords.hash(password)

    def _subject(self, kind: bytes, text: bytes) -> bytes:
        return hmac.digest(self._subject_key, kind + text, "sha256")


async def _count(conn: Connection, subjects: _Subjects) -> int:
    """Count a try before it is made, so that tries made at once are counted too; or the seconds until the next."""
    now = await clock.transaction_time(conn)
    known = await sessions.lock_failures(conn, [subjects.account, subjects.address])
    throttles = {subjects.account: ACCOUNT_THROTTLE, subjects.address: ADDRESS_THROTTLE}
    wait = max(wait_s(throttle, known[subject], now) for subject, throttle in throttles.items())
    if not wait:
        await sessions.save_failures(
            conn,
            {subject: count_try(throttle, known[subject], now) for subject, throttle in throttles.items()},
        )
    return wait
