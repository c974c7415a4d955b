from __future__ import annotations

import base64

from gateway_core.domain.ids import ORDER_PREFIX, is_id
from gateway_core.runtime.ids import new_id, new_webhook_secret


def test_ids_are_well_formed_and_never_repeat() -> None:
    ids = {new_id(ORDER_PREFIX) for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(is_id(ORDER_PREFIX, made) for made in ids)


def test_the_first_character_varies() -> None:
    assert len({new_id("pay_")[4] for _ in range(2_000)}) == 62


def test_a_webhook_secret_is_what_standard_webhooks_libraries_read() -> None:
    made = {new_webhook_secret() for _ in range(100)}
    assert len(made) == 100
    for secret in made:
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 24
