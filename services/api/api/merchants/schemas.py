"""The seeded merchant on the wire."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.fields import MerchantId, examples


class SeededMerchant(BaseModel):
    """The test merchant of a local evaluation, without its secrets."""

    model_config: ClassVar[ConfigDict] = examples(
        {
            "id": "550e8400-e29b-41d4-a716-446655440000",
            "email": "test@example.com",
            "api_key": "key_test_abc123",
            "seeded": True,
        }
    )

    id: MerchantId
    email: Annotated[str, Field(examples=["test@example.com"])]
    api_key: Annotated[str, Field(examples=["key_test_abc123"])]
    seeded: Literal[True]
