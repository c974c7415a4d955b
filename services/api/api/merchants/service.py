"""What can be asked about merchants."""

from __future__ import annotations

from api.merchants.schemas import SeededMerchant
from gateway_core.db.pool import Pool, reading
from gateway_core.db.queries.merchants import get_merchant
from gateway_core.db.seed import TEST_MERCHANT_ID
from gateway_core.domain.errors import not_found


class MerchantService:
    """Merchants of one gateway."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def seeded(self) -> SeededMerchant:
        """The seeded merchant, NOT_FOUND_ERROR when it is missing or inactive."""
        async with reading(self._pool) as conn:
            merchant = await get_merchant(conn, TEST_MERCHANT_ID)
        if merchant is None:
            raise not_found("Merchant")
        return SeededMerchant(
            id=str(merchant["id"]),
            email=str(merchant["email"]),
            api_key=str(merchant["api_key"]),
            seeded=True,
        )
