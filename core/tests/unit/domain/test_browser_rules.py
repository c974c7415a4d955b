"""The pages check what payers type by `web/rules.json`, which holds the tables of this package and nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway_core.domain.card import MAX_CARD_DIGITS, MIN_CARD_DIGITS, NETWORKS, UNKNOWN_NETWORK
from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.money import MINOR_UNIT_DIGITS
from gateway_core.domain.text import MAX_VPA_LENGTH, VPA_PATTERN
from gateway_core.domain.validation import CardInput, check_card, check_vpa

WEB = Path(__file__).resolve().parents[4] / "web"
VECTORS: dict[str, Any] = json.loads((WEB / "rules.vectors.json").read_text(encoding="utf-8"))


def test_the_pages_rules_are_the_tables_of_this_package() -> None:
    assert json.loads((WEB / "rules.json").read_text(encoding="utf-8")) == {
        "card": {
            "minDigits": MIN_CARD_DIGITS,
            "maxDigits": MAX_CARD_DIGITS,
            "networks": [
                {"name": each.name, "prefixes": list(each.prefixes), "cvvDigits": each.cvv_digits}
                for each in NETWORKS
            ],
            "unknownNetwork": UNKNOWN_NETWORK,
        },
        "vpa": {"pattern": f"^{VPA_PATTERN}$", "maxLength": MAX_VPA_LENGTH},
        "minorUnitDigits": dict(sorted(MINOR_UNIT_DIGITS.items())),
    }


@pytest.mark.parametrize("vector", VECTORS["cards"], ids=lambda vector: vector["number"])
def test_card_vectors(vector: dict[str, Any]) -> None:
    card = CardInput(vector["number"], "12", "2030", "123", "Asha Rao")
    if vector["valid"]:
        assert check_card(card, date(2030, 1, 1)).network == vector["network"]
    else:
        with pytest.raises(GatewayError) as refusal:
            check_card(card, date(2030, 1, 1))
        assert refusal.value.code is ErrorCode.INVALID_CARD


@pytest.mark.parametrize(
    "vector", VECTORS["expiries"], ids=lambda vector: f"{vector['month']}/{vector['year']}"
)
def test_expiry_vectors(vector: dict[str, Any]) -> None:
    card = CardInput("4111111111111111", vector["month"], vector["year"], "123", "Asha Rao")
    if vector["valid"]:
        check_card(card, date.fromisoformat(vector["today"]))
    else:
        with pytest.raises(GatewayError) as refusal:
            check_card(card, date.fromisoformat(vector["today"]))
        assert refusal.value.code is ErrorCode.EXPIRED_CARD


@pytest.mark.parametrize("vector", VECTORS["vpas"], ids=lambda vector: vector["text"][:40])
def test_vpa_vectors(vector: dict[str, Any]) -> None:
    if vector["valid"]:
        assert check_vpa(vector["text"]) == vector["text"]
    else:
        with pytest.raises(GatewayError):
            check_vpa(vector["text"])
