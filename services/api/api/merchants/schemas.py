"""The seeded merchant on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict


class SeededMerchant(TypedDict):
    """Who to sign in as in a local evaluation; never a secret."""

    id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    email: Annotated[str, Field(examples=["test@example.com"])]
    api_key: Annotated[str, Field(examples=["key_test_abc123"])]
    seeded: Literal[True]
