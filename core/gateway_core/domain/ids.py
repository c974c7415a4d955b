"""Identifiers: a prefix and base62 text (contract, "ids")."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

OrderId: TypeAlias = str
PaymentId: TypeAlias = str
RefundId: TypeAlias = str

ORDER_PREFIX: Final = "order_"
PAYMENT_PREFIX: Final = "pay_"
REFUND_PREFIX: Final = "rfnd_"

ID_TEXT_LENGTH: Final = 22
MIN_ENTROPY_BYTES: Final = 16
# 192 bits reduced modulo 62**22 (131 bits): the most and the least likely id differ by less than 2**-60.
ENTROPY_BYTES: Final = 24

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Two digits at a time: an id is made for every row.
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
# The contract promises "at least 16"; imported ids may be longer than ours.
_ID_TEXT = re.compile(r"[A-Za-z0-9]{16,64}")


def encode_id(prefix: str, entropy: bytes) -> str:
    """`prefix` + exactly 22 of [0-9A-Za-z], made of `entropy` from a CSPRNG (preferably `ENTROPY_BYTES`).

    Raises ValueError when there are fewer than `MIN_ENTROPY_BYTES`. Sixteen bytes map one to one.
    """
    if len(entropy) < MIN_ENTROPY_BYTES:
        raise ValueError(f"an id needs at least {MIN_ENTROPY_BYTES} bytes of entropy")
    number = int.from_bytes(entropy, "big")
    pairs = []
    for _ in range(ID_TEXT_LENGTH // 2):
        number, pair = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[pair])
    return prefix + "".join(reversed(pairs))


def is_id(prefix: str, text: str) -> bool:
    """Whether `text` has the form of such an id; other text is answered 404 without a query."""
    return text.startswith(prefix) and _ID_TEXT.fullmatch(text, len(prefix)) is not None
