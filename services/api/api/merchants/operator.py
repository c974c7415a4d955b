"""What the operator does with merchants: lines to print, secrets among them only where they are new."""

from __future__ import annotations

import secrets
from typing import Final
from uuid import uuid4

from psycopg.errors import UniqueViolation

from api.command import Done
from api.session.passwords import Passwords
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import merchants, sessions
from gateway_core.db.queries.merchants import MerchantLine, NewMerchant
from gateway_core.db.queries.sessions import Account
from gateway_core.domain.api_key import API_SECRET_PREFIX, KEY_PREFIX
from gateway_core.domain.errors import bad_request, not_found
from gateway_core.domain.events import rfc3339
from gateway_core.domain.sign_in import MAX_NAME_LENGTH, check_new_email, check_new_password
from gateway_core.domain.text import check_text
from gateway_core.runtime.crypto import Cipher, hash_api_secret
from gateway_core.runtime.ids import new_id, new_webhook_secret

PASSWORD_BYTES: Final = 18


class Operator:
    """Makes, lists and ends merchants. Raises GatewayError and ``psycopg.Error``."""

    def __init__(self, pool: Pool, box: Cipher, passwords: Passwords) -> None:
        self._pool = pool
        self._box = box
        self._passwords = passwords

    async def create(self, name: str, email: str, password: str | None) -> Done:
        """A new merchant with its first key; every secret is shown this once."""
        name = check_text(name, "name", MAX_NAME_LENGTH).strip()
        if not name:
            raise bad_request("name is required", field="name")
        chosen, shown = _password(password)
        webhook_secret, api_secret = new_webhook_secret(), new_id(API_SECRET_PREFIX)
        merchant = NewMerchant(
            id=uuid4(),
            name=name,
            email=check_new_email(email),
            api_key=new_id(KEY_PREFIX),
            api_secret_sha256=hash_api_secret(api_secret),
            webhook_secret_encrypted=self._box.encrypt(webhook_secret),
        )
        await self._insert(merchant, await self._passwords.hash(chosen))
        return [
            f"id              {merchant.id}",
            f"email           {merchant.email}",
            f"api key         {merchant.api_key}",
            f"api secret      {api_secret}",
            f"webhook secret  {webhook_secret}",
            *shown,
            "The secrets are not shown again.",
        ]

    async def set_password(self, email: str, password: str | None) -> Done:
        """Another password; whoever is signed in has to sign in again."""
        chosen, shown = _password(password)
        password_hash = await self._passwords.hash(chosen)
        async with transaction(self._pool) as conn:
            account = await _find(conn, email)
            await sessions.set_password_hash(conn, account.id, password_hash)
            await sessions.end_sessions_of(conn, account.id)
        return [f"The password of {account.email} is set; its sessions have ended.", *shown]

    async def list_merchants(self) -> Done:
        """One line for each, oldest first."""
        async with transaction(self._pool) as conn:
            found = await merchants.list_merchants(conn)
        return [_line(each) for each in found] or ["There is no merchant yet."]

    async def deactivate(self, email: str) -> Done:
        """Its keys, sign-ins and sessions are refused from now on; its data stays."""
        async with transaction(self._pool) as conn:
            account = await _find(conn, email)
            await merchants.deactivate(conn, account.id)
            await sessions.end_sessions_of(conn, account.id)
        return [f"{account.email} is inactive."]

    async def _insert(self, merchant: NewMerchant, password_hash: str) -> None:
        try:
            async with transaction(self._pool) as conn:
                await merchants.insert_merchant(conn, merchant)
                await sessions.set_password_hash(conn, merchant.id, password_hash)
        except UniqueViolation:
            raise bad_request("a merchant with this e-mail address exists already", field="email") from None


async def _find(conn: Connection, email: str) -> Account:
    account = await sessions.find_account(conn, check_new_email(email))
    if account is None:
        raise not_found("Active merchant")
    return account


def _password(given: str | None) -> tuple[str, Done]:
    """The password to set, and the lines that show it: only if it was made here."""
    if given is not None:
        return check_new_password(given), []
    made = secrets.token_urlsafe(PASSWORD_BYTES)
    return made, [f"password        {made}"]


def _line(merchant: MerchantLine) -> str:
    return "  ".join(
        (
            str(merchant.id),
            "active  " if merchant.is_active else "inactive",
            rfc3339(merchant.created_at),
            merchant.api_key,
            "password" if merchant.has_password else "no password",
            _plain(merchant.email),
            _plain(merchant.name),
        )
    )


def _plain(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text)
