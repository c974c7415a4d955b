"""What can be asked about merchants."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from api.merchants.schemas import MerchantSettings, MerchantSettingsInput, SeededMerchant
from gateway_core.db.pool import Pool, reading, transaction
from gateway_core.db.queries import merchants
from gateway_core.db.seed import TEST_MERCHANT_ID
from gateway_core.domain.errors import not_found


class MerchantService:
    """Merchants of one gateway."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def seeded(self) -> SeededMerchant:
        """The seeded merchant, NOT_FOUND_ERROR when it is missing or inactive."""
        async with reading(self._pool) as conn:
            merchant = await merchants.get_merchant(conn, TEST_MERCHANT_ID)
        if merchant is None:
            raise not_found("Merchant")
        return SeededMerchant(
            id=str(merchant["id"]),
            email=str(merchant["email"]),
            api_key=str(merchant["api_key"]),
            seeded=True,
        )

    async def get_settings(self, merchant_id: UUID) -> MerchantSettings:
        """What the merchant has set."""
        async with reading(self._pool) as conn:
            return MerchantSettings(**asdict(await merchants.get_settings(conn, merchant_id)))

    async def change_settings(self, merchant_id: UUID, change: MerchantSettingsInput) -> MerchantSettings:
        """The settings with the members of ``change`` that were sent."""
        async with transaction(self._pool) as conn:
            settings = replace(
                await merchants.get_settings(conn, merchant_id), **change.model_dump(exclude_unset=True)
            )
            await merchants.set_settings(conn, merchant_id, settings)
        return MerchantSettings(**asdict(settings))
