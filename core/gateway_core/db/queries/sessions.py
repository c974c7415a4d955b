"""Sessions of the dashboard, and failed sign-ins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway_core.db.pool import Connection
from gateway_core.domain.sign_in import (
    ACCOUNT_THROTTLE,
    MAX_SESSIONS,
    SESSION_IDLE_S,
    SESSION_LIFE_S,
    SESSION_TOUCH_S,
    Failures,
)


@dataclass(frozen=True, slots=True)
class Account:
    """An active merchant. Without ``password_hash`` it cannot sign in."""

    id: UUID
    name: str
    email: str
    api_key: str
    time_zone: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A live session of an active merchant. ``is_stale``: time to record that it is still being used."""

    merchant_id: UUID
    name: str
    email: str
    api_key: str
    time_zone: str
    expires_at: datetime
    is_stale: bool


async def find_account(conn: Connection, email: str) -> Account | None:
    """The active merchant with this e-mail address, which is in lower case."""
    cursor = await conn.execute(
        """
        SELECT id, name, email, api_key, time_zone, password_hash FROM merchants
        WHERE lower(email) = lower(%s) AND is_active
        """,
        (email,),
    )
    row = await cursor.fetchone()
    return Account(**row) if row else None


async def find_session(conn: Connection, token_sha256: bytes) -> SessionView | None:
    """The session of this token unless it has ended, was left idle, or its merchant is inactive."""
    cursor = await conn.execute(
        """
        SELECT s.merchant_id, m.name, m.email, m.api_key, m.time_zone, s.expires_at,
               s.last_seen_at < now() - make_interval(secs => %(touch_s)s) AS is_stale
        FROM sessions s JOIN merchants m ON m.id = s.merchant_id
        WHERE s.token_sha256 = %(token)s AND s.expires_at > now()
          AND s.last_seen_at > now() - make_interval(secs => %(idle_s)s) AND m.is_active
        """,
        {"token": token_sha256, "touch_s": SESSION_TOUCH_S, "idle_s": SESSION_IDLE_S},
    )
    row = await cursor.fetchone()
    return SessionView(**row) if row else None


async def touch_session(conn: Connection, token_sha256: bytes) -> None:
    """Record that the session is being used now."""
    await conn.execute("UPDATE sessions SET last_seen_at = now() WHERE token_sha256 = %s", (token_sha256,))


async def insert_session(conn: Connection, token_sha256: bytes, merchant_id: UUID) -> datetime:
    """Begin a session; returns when it ends at the latest. The merchant's oldest beyond ``MAX_SESSIONS`` end."""
    await conn.execute(
        """
        DELETE FROM sessions WHERE token_sha256 IN (
            SELECT token_sha256 FROM sessions WHERE merchant_id = %s ORDER BY created_at DESC OFFSET %s
        )
        """,
        (merchant_id, MAX_SESSIONS - 1),
    )
    cursor = await conn.execute(
        """
        INSERT INTO sessions (token_sha256, merchant_id, expires_at)
        VALUES (%s, %s, now() + make_interval(secs => %s)) RETURNING expires_at
        """,
        (token_sha256, merchant_id, SESSION_LIFE_S),
    )
    row = await cursor.fetchone()
    assert row is not None  # INSERT … RETURNING of one row
    expires_at: datetime = row["expires_at"]
    return expires_at


async def end_session(conn: Connection, token_sha256: bytes) -> None:
    """End a session, if there is one."""
    await conn.execute("DELETE FROM sessions WHERE token_sha256 = %s", (token_sha256,))


async def end_sessions_of(conn: Connection, merchant_id: UUID) -> None:
    """End all sessions of a merchant."""
    await conn.execute("DELETE FROM sessions WHERE merchant_id = %s", (merchant_id,))


async def forget_old(conn: Connection, limit: int) -> bool:
    """Delete up to ``limit`` sessions that have ended and as many old failures; whether there may be more of either."""
    ended = await conn.execute(
        """
        DELETE FROM sessions WHERE token_sha256 IN (
            SELECT token_sha256 FROM sessions WHERE expires_at < now() LIMIT %s FOR UPDATE SKIP LOCKED
        )
        """,
        (limit,),
    )
    old = await conn.execute(
        """
        DELETE FROM sign_in_failures WHERE subject IN (
            SELECT subject FROM sign_in_failures
            WHERE last_failed_at < now() - make_interval(secs => %s) LIMIT %s FOR UPDATE SKIP LOCKED
        )
        """,
        (ACCOUNT_THROTTLE.forget_after_s, limit),
    )
    return limit in (ended.rowcount, old.rowcount)


async def lock_failures(conn: Connection, subjects: Sequence[bytes]) -> dict[bytes, Failures]:
    """The failures of each subject, held until the transaction ends; none yet is a count of 0."""
    # In one order everywhere, so that two sign-ins never wait for each other.
    cursor = await conn.execute(
        """
        INSERT INTO sign_in_failures (subject) SELECT unnest(%s::bytea[])
        ON CONFLICT (subject) DO UPDATE SET failures = sign_in_failures.failures
        RETURNING subject, failures, last_failed_at
        """,
        (sorted(subjects),),
    )
    return {
        row["subject"]: Failures(row["failures"], row["last_failed_at"]) for row in await cursor.fetchall()
    }


async def save_failures(conn: Connection, failures: Mapping[bytes, Failures]) -> None:
    """Store the failures of subjects that :func:`lock_failures` holds."""
    await conn.execute(
        """
        UPDATE sign_in_failures f SET failures = new.failures, last_failed_at = new.last_at
        FROM unnest(%s::bytea[], %s::int[], %s::timestamptz[]) AS new (subject, failures, last_at)
        WHERE f.subject = new.subject
        """,
        (
            list(failures),
            [each.count for each in failures.values()],
            [each.last_at for each in failures.values()],
        ),
    )


async def forgive(conn: Connection, account: bytes, address: bytes) -> None:
    """After a successful sign-in: reset the account's failures, and subtract this attempt from the address's."""
    await conn.execute(
        """
        UPDATE sign_in_failures SET failures = CASE WHEN subject = %(account)s THEN 0 ELSE greatest(failures - 1, 0) END
        WHERE subject IN (
            SELECT subject FROM sign_in_failures WHERE subject IN (%(account)s, %(address)s) ORDER BY subject FOR UPDATE
        )
        """,
        {"account": account, "address": address},
    )


async def set_password_hash(
    conn: Connection, merchant_id: UUID, password_hash: str, *, instead_of: str | None = None
) -> None:
    """Set the merchant's password; with ``instead_of`` only while that is the present one."""
    await conn.execute(
        """
        UPDATE merchants SET password_hash = %(new)s, updated_at = now()
        WHERE id = %(id)s AND (%(old)s::text IS NULL OR password_hash = %(old)s)
        """,
        {"id": merchant_id, "new": password_hash, "old": instead_of},
    )
