"""API keys from their making to their end, and which one the merchant is shown by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.api_keys.uses import KeyUses
from gateway_core.db.pool import transaction
from gateway_core.runtime.crypto import hash_api_secret
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

PATH = "/api/v1/api-keys"
SEEDED = "key_test_abc123"


class Keys:
    """The keys of the seeded merchant, as its dashboard handles them."""

    def __init__(self, gateway: Gateway, signed_in: dict[str, str]) -> None:
        self.gateway = gateway
        self.headers = signed_in

    async def post(self, path: str, body: object, status: int) -> dict[str, Any]:
        response = await self.gateway.post(PATH + path, body, headers=self.headers)
        assert response.status_code == status, response.text
        made: dict[str, Any] = response.json()
        return made

    async def create(self, **body: object) -> dict[str, Any]:
        return await self.post("", body, 201)

    async def roll(self, key: str, **body: object) -> dict[str, Any]:
        return await self.post(f"/{key}/roll", body, 201)

    async def revoke(self, key: str) -> dict[str, Any]:
        return await self.post(f"/{key}/revoke", None, 200)

    async def list(self) -> list[dict[str, Any]]:
        response = await self.gateway.get(PATH, headers=self.headers)
        assert response.status_code == 200
        found: list[dict[str, Any]] = response.json()["data"]
        return found

    async def statuses(self) -> dict[str, str]:
        return {each["key"]: each["status"] for each in await self.list()}

    async def primary(self) -> str:
        """As the list, the session and the table agree."""
        (listed,) = [each["key"] for each in await self.list() if each["is_primary"]]
        session = await self.gateway.get("/api/v1/session", headers=self.headers)
        stored = await self.gateway.rows.one("SELECT api_key FROM merchants WHERE name = 'Test Merchant'")
        assert listed == session.json()["merchant"]["api_key"] == stored
        return str(listed)

    async def works(self, made: dict[str, Any]) -> bool:
        headers = {"X-Api-Key": made["key"], "X-Api-Secret": made["secret"]}
        status = (await self.gateway.get("/api/v1/orders", headers=headers)).status_code
        assert status in (200, 401)
        return status == 200


@pytest.fixture
async def keys(gateway: Gateway) -> Keys:
    return Keys(gateway, await gateway.sign_in())


async def test_a_new_key_works_and_its_secret_is_shown_once(keys: Keys) -> None:
    made = await keys.create(name=" Shop server ")
    assert set(made) == {
        "key", "name", "status", "is_primary", "created_at", "last_used_at", "expires_at", "revoked_at", "secret",
    }  # fmt: skip
    assert (made["name"], made["status"], made["is_primary"]) == ("Shop server", "active", False)
    assert await keys.works(made)
    listed = await keys.list()
    assert [each["key"] for each in listed] == [made["key"], SEEDED]
    assert "secret" not in str(listed)
    stored = await keys.gateway.rows.one("SELECT secret_sha256 FROM api_keys WHERE key = %s", (made["key"],))
    assert stored == hash_api_secret(made["secret"])
    assert await keys.primary() == SEEDED


async def test_a_rolled_key_works_on_for_the_overlap(keys: Keys) -> None:
    old = {"key": SEEDED, "secret": "secret_test_xyz789"}
    new = await keys.roll(SEEDED)
    assert await keys.works(old)
    assert await keys.works(new)
    assert await keys.statuses() == {new["key"]: "active", SEEDED: "expiring"}
    assert await keys.primary() == new["key"]
    (listed,) = [each for each in await keys.list() if each["key"] == SEEDED]
    overlap = datetime.fromisoformat(listed["expires_at"]) - datetime.fromisoformat(new["created_at"])
    assert overlap == timedelta(days=1)
    await keys.gateway.rows.run("UPDATE api_keys SET expires_at = now() WHERE expires_at IS NOT NULL")
    assert not await keys.works(old)
    assert await keys.works(new)
    assert (await keys.statuses())[SEEDED] == "expired"


async def test_a_roll_without_overlap_ends_the_old_key_now(keys: Keys) -> None:
    made = await keys.create(name="Till")
    new = await keys.roll(made["key"], overlap_seconds=0)
    assert (new["name"], new["is_primary"]) == ("Till", False)
    assert not await keys.works(made)
    assert await keys.works(new)
    assert await keys.primary() == SEEDED


async def test_a_revoked_key_stops_at_once_and_stays_as_it_was(keys: Keys) -> None:
    made = await keys.create()
    assert await keys.works(made)
    revoked = await keys.revoke(made["key"])
    assert (revoked["status"], revoked["is_primary"]) == ("revoked", False)
    assert not await keys.works(made)
    assert await keys.revoke(made["key"]) == revoked


async def test_only_an_active_key_is_rolled(keys: Keys) -> None:
    made = await keys.create()
    await keys.roll(made["key"])
    refused = await keys.post(f"/{made['key']}/roll", {}, 400)
    assert refused["error"]["description"] == "API key is not active"
    await keys.revoke(made["key"])
    await keys.post(f"/{made['key']}/roll", {}, 400)


async def test_a_revoked_primary_hands_on_to_the_newest_key_that_stays(keys: Keys) -> None:
    older = await keys.create()
    newer = await keys.create()
    running_out = newer["key"]
    newest = await keys.roll(running_out)
    await keys.revoke(newest["key"])
    await keys.revoke(SEEDED)
    assert await keys.primary() == older["key"]
    await keys.revoke(older["key"])
    assert await keys.primary() == running_out


async def test_without_any_live_key_the_next_one_is_primary(keys: Keys) -> None:
    await keys.revoke(SEEDED)
    assert await keys.primary() == SEEDED
    made = await keys.create()
    assert made["is_primary"] is True
    assert await keys.primary() == made["key"]


async def test_so_many_live_keys_and_no_more(keys: Keys) -> None:
    responses = await asyncio.gather(
        *(keys.gateway.post(PATH, {"name": str(n)}, headers=keys.headers) for n in range(25))
    )
    statuses = [response.status_code for response in responses]
    assert (statuses.count(201), statuses.count(400)) == (19, 6)
    await keys.post(f"/{SEEDED}/roll", {}, 400)
    assert (await keys.statuses())[SEEDED] == "active"
    await keys.roll(SEEDED, overlap_seconds=0)
    await keys.post("", {}, 400)
    await keys.revoke(next(key for key, status in (await keys.statuses()).items() if status == "active"))
    await keys.create()


async def test_live_keys_are_listed_however_many_have_ended(keys: Keys) -> None:
    await keys.gateway.rows.run(
        """
        INSERT INTO api_keys (key, merchant_id, secret_sha256, revoked_at)
        SELECT 'key_old_' || n, %s, sha256('x'), now() FROM generate_series(1, 300) n
        """,
        (keys.gateway.merchant_id,),
    )
    listed = await keys.list()
    assert len(listed) == 200
    assert listed[-1]["key"] == SEEDED


async def test_rolling_at_once_makes_one_successor(keys: Keys) -> None:
    responses = await asyncio.gather(
        *(keys.gateway.post(f"{PATH}/{SEEDED}/roll", {}, headers=keys.headers) for _ in range(5))
    )
    assert sorted(response.status_code for response in responses) == [201, 400, 400, 400, 400]


@pytest.mark.parametrize("verb", ["roll", "revoke"])
@pytest.mark.parametrize("key", ["key_unknown", "key_other", "%", "%00", "k%20y", "k" * 300])
async def test_a_key_that_is_not_the_merchants_is_unknown(keys: Keys, verb: str, key: str) -> None:
    await keys.gateway.add_other_merchant()
    refused = await keys.post(f"/{key}/{verb}", {}, 404)
    assert refused["error"] == {"code": "NOT_FOUND_ERROR", "description": "API key not found"}
    assert (await keys.gateway.get("/api/v1/orders", headers=keys.gateway.other_headers)).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"name": "n" * 81}, "name"),
        ("", {"name": 5}, "name"),
        (f"/{SEEDED}/roll", {"overlap_seconds": -1}, "overlap_seconds"),
        (f"/{SEEDED}/roll", {"overlap_seconds": 604_801}, "overlap_seconds"),
        (f"/{SEEDED}/roll", {"overlap_seconds": "60"}, "overlap_seconds"),
    ],
)
async def test_what_is_asked_wrongly_names_its_field(keys: Keys, path: str, body: object, field: str) -> None:
    assert (await keys.post(path, body, 400))["error"]["field"] == field
    assert await keys.statuses() == {SEEDED: "active"}


async def test_the_last_use_is_written_in_one_batch_and_never_goes_back(keys: Keys) -> None:
    made = await keys.create()
    wrong = {"key": SEEDED, "secret": "wrong"}
    assert await keys.works(made)
    assert not await keys.works(wrong)
    assert {each["last_used_at"] for each in await keys.list()} == {None}
    uses = keys.gateway.services.authenticator.uses
    await uses.flush()
    used_at = {each["key"]: each["last_used_at"] for each in await keys.list()}
    assert used_at[SEEDED] is None
    assert used_at[made["key"]] is not None
    future = "UPDATE api_keys SET last_used_at = now() + interval '1 hour' WHERE key = %s"
    await keys.gateway.rows.run(future, (made["key"],))
    before = await keys.list()
    assert await keys.works(made)
    await uses.flush()
    assert await keys.list() == before


async def test_the_last_use_is_written_when_the_api_stops(keys: Keys) -> None:
    await keys.gateway.get("/api/v1/orders")
    await keys.gateway.services.aclose()
    assert await keys.gateway.rows.one("SELECT last_used_at FROM api_keys") is not None


async def test_the_last_use_is_written_every_now_and_then(keys: Keys) -> None:
    writing = asyncio.create_task(keys.gateway.services.authenticator.uses.run(every_s=0.01))
    await keys.gateway.get("/api/v1/orders")

    async def is_written() -> bool:
        return await keys.gateway.rows.one("SELECT last_used_at FROM api_keys") is not None

    await eventually(is_written)
    writing.cancel()


@pytest.mark.parametrize("write", [KeyUses.flush, KeyUses.aclose])
async def test_uses_that_could_not_be_written_are_written_later(
    keys: Keys, write: Callable[[KeyUses], Awaitable[None]]
) -> None:
    await keys.gateway.get("/api/v1/orders")
    uses, rows = keys.gateway.services.authenticator.uses, keys.gateway.rows
    async with transaction(keys.gateway.pool) as holder:
        await holder.execute("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE")
        await write(uses)  # one gives up at the lock timeout, the other before
    assert await rows.one("SELECT last_used_at FROM api_keys") is None
    await uses.flush()
    assert await rows.one("SELECT last_used_at FROM api_keys") is not None
