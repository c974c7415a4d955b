from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.runtime.redaction import CARD_MARK, redact

CARDS = (
    *("4111111111111111", "5555555555554444", "378282246310005", "6011000990139424", "4222222222222"),
    "501800000009",
    "\u0664" + "\u0661" * 15,
)


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("frame", ["{}", "card {} declined", '{{"number":"{}"}}', "n={},x", "id_{}", "{}x"])
def test_a_card_number_is_redacted(card: str, frame: str) -> None:
    assert redact(frame.format(card)) == frame.format(CARD_MARK)


@pytest.mark.parametrize(
    "written", ["4111 1111 1111 1111", "4111-1111-1111-1111", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]
)
def test_separators_do_not_hide_it(written: str) -> None:
    assert redact(f"got {written}!") == f"got {CARD_MARK}!"


def test_no_digit_of_a_card_stays_although_its_beginning_is_a_valid_number_too() -> None:
    assert redact(" ".join("4222222222222006")) == CARD_MARK
    assert redact(" ".join("4222222222222")) == CARD_MARK


def test_digits_beside_it_do_not_hide_it() -> None:
    assert redact("4111 1111 1111 1111 12 2030") == f"{CARD_MARK} 12 2030"
    assert redact("2030 4111 1111 1111 1111") == f"2030 {CARD_MARK}"
    assert redact("4111111111111111 5555555555554444") == f"{CARD_MARK} {CARD_MARK}"


def test_a_long_row_of_card_numbers_is_handled() -> None:
    assert redact("4111111111111111 " * 2000) == f"{CARD_MARK} " * 2000


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "411111111111",
        "12345678901234567890123",
        "2026-01-02T03:04:05.678Z amount=50000",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text


@given(st.uuids())
def test_a_uuid_is_never_taken_for_a_card(value: uuid.UUID) -> None:
    assert redact(f"delivery {value} sent") == f"delivery {value} sent"


@pytest.mark.parametrize(
    "secret",
    ["secret_test_xyz789", "whsec_test_abc123", "gwsess_a-B_c9" + "x" * 36, "whsec_MfKQ9r8GKYqrTwjU+/8=="],
)
def test_secrets_are_redacted_to_their_prefix(secret: str) -> None:
    prefix = secret.split("_", maxsplit=1)[0]
    assert redact(f"using {secret}, then") == f"using {prefix}_***, then"


def test_a_password_in_a_url_is_redacted() -> None:
    assert redact("postgresql://gateway_user:pa:ss@db:5432/x") == "postgresql://gateway_user:***@db:5432/x"
    assert redact("redis://:pass@redis:6379") == "redis://:***@redis:6379"
    assert redact("rediss+cluster://u:pa:ss@a:1,b:2") == "rediss+cluster://u:***@a:1,b:2"
    sentinels = "redis+sentinel://u:{}@a:1,b:2/m?sentinel_password={}&ssl_ca_certs=/ca"
    assert redact(sentinels.format("pa:ss", "word")) == sentinels.format("***", "***")


@given(st.text())
def test_text_without_digits_or_secrets_stays(text: str) -> None:
    plain = "".join(character for character in text if not character.isdigit() and character not in ":_")
    assert redact(plain) == plain
