"""The pages check what payers type by `web/rules.json`, which holds the tables of this package and nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway_core.domain.card import MAX_CARD_DIGITS, ascii_digits
from gateway_core.domain.card_networks import NETWORKS, UNKNOWN_NETWORK
from gateway_core.domain.currencies import MINOR_UNIT_DIGITS
from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.money import UPI_CURRENCY
from gateway_core.domain.text import MAX_VPA_LENGTH, VPA_PATTERN
from gateway_core.domain.validation import CardInput, check_card, check_expiry, check_vpa

WEB = Path(__file__).resolve().parents[4] / "web"
USUAL_CVV_DIGITS = 3  # which the pages take where the table says nothing
VECTORS: dict[str, Any] = json.loads((WEB / "rules.vectors.json").read_text(encoding="utf-8"))


def test_the_pages_rules_are_the_tables_of_this_package() -> None:
    assert json.loads((WEB / "rules.json").read_text(encoding="utf-8")) == {
        "card": {
            "maxDigits": MAX_CARD_DIGITS,
            "networks": [
                {
                    "name": each.name,
                    "ranges": list(each.ranges),
                    "lengths": list(each.lengths),
                    **({} if each.cvv_digits == USUAL_CVV_DIGITS else {"cvvDigits": each.cvv_digits}),
                }
                for each in (*NETWORKS, UNKNOWN_NETWORK)
            ],
        },
        "vpa": {"pattern": f"^{VPA_PATTERN}$", "maxLength": MAX_VPA_LENGTH},
        "upiCurrency": UPI_CURRENCY,
        "minorUnitDigits": {
            code: digits for code, digits in sorted(MINOR_UNIT_DIGITS.items()) if digits != 2
        },
    }


@pytest.mark.parametrize("vector", VECTORS["cards"], ids=lambda vector: vector["number"])
def test_card_vectors(vector: dict[str, Any]) -> None:
    card = CardInput(vector["number"], "12", "2030", vector.get("cvv", "123"), "Asha Rao")
    if vector["valid"]:
        assert check_card(card).network == vector["network"]
    else:
        with pytest.raises(GatewayError) as refusal:
            check_card(card)
        found = (refusal.value.code, refusal.value.field)
        assert found == (ErrorCode.INVALID_CARD, f"card.{vector.get('field', 'number')}")


@pytest.mark.parametrize(
    "vector", VECTORS["expiries"], ids=lambda vector: f"{vector['month']}/{vector['year']}"
)
def test_expiry_vectors(vector: dict[str, Any]) -> None:
    card = CardInput("4111111111111111", vector["month"], vector["year"], "123", "Asha Rao")
    if vector["valid"]:
        check_expiry(check_card(card), date.fromisoformat(vector["today"]))
    else:
        with pytest.raises(GatewayError) as refusal:
            check_expiry(check_card(card), date.fromisoformat(vector["today"]))
        assert refusal.value.code is ErrorCode.EXPIRED_CARD


@pytest.mark.parametrize("vector", VECTORS["vpas"], ids=lambda vector: vector["text"][:40])
def test_vpa_vectors(vector: dict[str, Any]) -> None:
    if vector["valid"]:
        assert check_vpa(vector["text"]) == vector["text"]
    else:
        with pytest.raises(GatewayError):
            check_vpa(vector["text"])


@pytest.mark.parametrize("vector", VECTORS["digits"], ids=lambda vector: vector["text"])
def test_digit_vectors(vector: dict[str, Any]) -> None:
    assert ascii_digits(vector["text"]) == vector["ascii"]
