"""Seal every stored secret under the present key: ``python -m gateway_core.db.reseal``, after a rotation."""

from __future__ import annotations

import asyncio
import sys

from gateway_core.db.pool import UNAVAILABLE, Pool, create_pool, transaction
from gateway_core.db.queries import merchants
from gateway_core.runtime.crypto import CannotDecrypt, Cipher
from gateway_core.runtime.environment import load_settings
from gateway_core.runtime.settings import CoreSettings

BATCH = 500
EXIT_LEFT = 1
EXIT_UNAVAILABLE = 2


class ResealSettings(CoreSettings):
    """Resealing needs PostgreSQL only."""

    redis_url: str = ""


async def reseal(pool: Pool, box: Cipher) -> tuple[int, int]:
    """(secrets sealed anew, secrets that no key opens). A secret that is changed meanwhile keeps its new value.

    Raises what ``UNAVAILABLE`` lists; what was sealed by then stays so, and it may be run again.
    """
    sealed, left, last = 0, 0, None
    while True:
        async with transaction(pool) as conn:
            batch = await merchants.sealed_secrets(conn, after=last, limit=BATCH)
            for secret in batch:
                try:
                    anew = box.encrypt(box.decrypt(secret.sealed))
                except CannotDecrypt:
                    left += 1
                else:
                    sealed += await merchants.replace_secret(conn, secret, anew)
        if not batch:
            return sealed, left
        last = batch[-1].merchant_id


async def _run(settings: ResealSettings) -> tuple[int, int]:
    cipher = Cipher(settings.encryption_key.get_secret_value(), settings.old_encryption_keys)
    async with create_pool(settings.database_url, size=1, application_name="reseal") as pool:
        return await reseal(pool, cipher)


def main() -> int:
    """Say how many were sealed; 1 when some cannot be opened by any key."""
    try:
        sealed, left = asyncio.run(_run(load_settings(ResealSettings)))
    except UNAVAILABLE as error:
        print(f"the database cannot be reached: {error}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    print(f"{sealed} secrets are sealed under the present key" + (f"; no key opens {left}" if left else ""))
    return EXIT_LEFT if left else 0


if __name__ == "__main__":
    sys.exit(main())
