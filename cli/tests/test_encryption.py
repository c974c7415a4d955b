"""After a rotation every stored secret is encrypted under the current key, so that the old one can be removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gateway_cli.encryption import Rotation, rotate
from gateway_core.db.pool import Connection
from gateway_core.db.queries.merchants import (
    NewMerchant,
    encrypted_secrets,
    insert_merchant,
    replace_secret,
    set_webhook_secret,
)
from gateway_core.runtime.crypto import Cipher
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Terminal

pytestmark = pytest.mark.integration

OLD, NEW, LOST = "o" * 32, "n" * 32, "l" * 32


async def insert(conn: Connection, number: int, encrypted: bytes) -> str:
    merchant = NewMerchant(
        id=uuid4(),
        name="M",
        email=f"m{number}@example.com",
        api_key=f"key_{number}",
        api_secret_sha256=b"s" * 32,
        webhook_secret_encrypted=encrypted,
    )
    assert await insert_merchant(conn, merchant)
    return str(merchant.id)


async def stored(conn: Connection) -> Sequence[bytes]:
    return [each.encrypted for each in await encrypted_secrets(conn, after=None, limit=100)]


async def test_all_secrets_move_to_the_current_key(conn: Connection) -> None:
    secrets = {f"whsec_{number}" for number in range(5)}
    for number, secret in enumerate(secrets):
        await insert(conn, number, Cipher(OLD).encrypt(secret))
    assert await rotate(conn, Cipher(NEW, [OLD]), batch_merchants=2) == Rotation(5)
    assert {Cipher(NEW).decrypt(each) for each in await stored(conn)} == secrets


async def test_a_previous_secret_moves_too_while_it_signs(conn: Connection, rows: Rows) -> None:
    await insert(conn, 1, Cipher(OLD).encrypt("whsec_before"))
    (first,) = await encrypted_secrets(conn, after=None, limit=100)
    await set_webhook_secret(conn, first.merchant_id, Cipher(OLD).encrypt("whsec_after"))
    assert await rotate(conn, Cipher(NEW, [OLD])) == Rotation(2)
    assert [Cipher(NEW).decrypt(each) for each in await stored(conn)] == ["whsec_after", "whsec_before"]
    await rows.run("UPDATE merchants SET webhook_secret_previous_until = now()")
    assert await rotate(conn, Cipher(LOST, [NEW])) == Rotation(1)
    assert len(await stored(conn)) == 1


async def test_the_command_names_merchants_whose_secret_no_key_decrypts(
    terminal: Terminal, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCRYPTION_KEY", NEW)
    monkeypatch.setenv("ENCRYPTION_OLD_KEYS", OLD)
    await insert(conn, 1, Cipher(OLD).encrypt("whsec_1"))
    assert await terminal.run("encryption", "rotate") == ["Secrets encrypted under the current key: 1."]
    lost = Cipher(LOST).encrypt("whsec_lost")
    merchant_id = await insert(conn, 2, lost)
    told = await terminal.json("encryption", "rotate", exit_code=1)
    assert told == {"rotated": 1, "undecryptable": [merchant_id]}
    code, out, _ = await terminal.end("encryption", "rotate")
    assert (code, out.splitlines()[-1]) == (1, merchant_id)
    assert lost in await stored(conn)


async def test_a_secret_that_was_changed_meanwhile_is_not_overwritten(conn: Connection, rows: Rows) -> None:
    await insert(conn, 1, Cipher(OLD).encrypt("whsec_before"))
    (read,) = await encrypted_secrets(conn, after=None, limit=100)
    await rows.run("UPDATE merchants SET webhook_secret_encrypted = %s", (b"changed",))
    assert not await replace_secret(conn, read, b"too late")
    assert await stored(conn) == [b"changed"]
