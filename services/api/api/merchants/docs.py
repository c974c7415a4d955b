"""The seeded merchant in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.describe import Operation, Shape
from api.merchants.schemas import SeededMerchant
from gateway_core.domain.errors import not_found

SEEDED: Final = Operation(
    id="getSeededMerchant",
    tag="Local evaluation",
    summary="Who to sign in as",
    description="Not in production.",
    answer=Shape(
        name="SeededMerchant",
        type=SeededMerchant,
        examples={
            "seeded": {
                "id": "550e8400-e29b-41d4-a716-446655440000",
                "email": "test@example.com",
                "api_key": "key_test_abc123",
                "seeded": True,
            }
        },
    ),
    refusals=(not_found("Merchant"),),
    signed=False,
)
