"""Tokens: what stands for a masked value, the same for the same value of one customer, and of no use to whoever lacks the key.

Here: HMAC-SHA-256 (RFC 2104) over the customer's scope, the kind and the value in one spelling. Where the key is kept is an adapter's
affair. The rules that are easy to break: a token has no digit and no vowel, so that no detector and no word list finds anything in it; and
the scope is part of what is hashed, so that two customers' tokens never tell that they share a value.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from feedback_loop.contracts.vocab import PersonalDataType

_SIGNS = "bcdfghjkmnpqrstvwxyz"
_LENGTH = 8
TOKEN = f"[{_SIGNS}]{{{_LENGTH}}}"
"""The pattern of a token: 20^8 values, so that two values of one customer share one by chance in fewer than one of 10^10 pairs."""

_BETWEEN_SIGNS = re.compile(r"[^\w@.+/:]+|_")
_ONLY_DIGITS_COUNT = frozenset({PersonalDataType.CARD, PersonalDataType.PHONE})
_NO_DIGIT = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class KeyedPlaceholders:
    """Makes placeholders such as `[EMAIL_bcdfghjk]` for the values of one scope."""

    key: bytes
    scope: str

    def __call__(self, kind: PersonalDataType, value: str) -> str:
        """The placeholder of the value."""
        return f"[{kind.upper()}_{token(self.key, self.scope, kind, value)}]"


def token(key: bytes, scope: str, kind: PersonalDataType, value: str) -> str:
    """The token of a value: eight consonants that follow from key, scope, kind and value."""
    message = "\x1f".join((scope, kind, one_spelling(kind, value))).encode("utf-8", "surrogatepass")
    number = int.from_bytes(hmac.new(key, message, hashlib.sha256).digest()[:8], "big")
    signs = []
    for _ in range(_LENGTH):
        number, position = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[position])
    return "".join(signs)


def one_spelling(kind: PersonalDataType, value: str) -> str:
    """The value as it counts: case, blanks and separators make no other value; of cards and phone numbers only the digits count."""
    if kind in _ONLY_DIGITS_COUNT:
        return "".join(str(unicodedata.decimal(sign, "")) for sign in _NO_DIGIT.sub("", value))
    if kind is PersonalDataType.SECRET:
        return value
    return _BETWEEN_SIGNS.sub("", unicodedata.normalize("NFKC", value).casefold())
