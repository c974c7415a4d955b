"""What can be asked about merchants."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from api.answers import Answer, answer
from gateway_core.db.engine import transaction
from gateway_core.db.queries.merchants import get_merchant
from gateway_core.db.seed import TEST_MERCHANT_ID
from gateway_core.domain.errors import not_found


class MerchantService:
    """Merchants of one gateway."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def seeded(self) -> Answer:
        """200 with the seeded merchant, NOT_FOUND_ERROR when it is missing or inactive."""
        async with transaction(self._engine) as conn:
            merchant = await get_merchant(conn, TEST_MERCHANT_ID)
        if merchant is None:
            raise not_found("Merchant")
        content = {name: str(merchant[name]) for name in ("id", "email", "api_key")}
        return answer(200, {**content, "seeded": True})
