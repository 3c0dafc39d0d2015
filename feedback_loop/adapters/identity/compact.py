"""The parts of a token as it is written: three canonical pieces of base64url, the first two of them JSON objects that say nothing twice.

Nothing here is believed yet; signatures are checked in `tokens`. The rule that is easy to break: base64url and JSON can be written in many
ways that read alike, and readers differ in what they make of a name that stands twice. Only one way is taken here, so that no other text
reads as this token does, and whoever signed it meant what is read.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from feedback_loop.contracts.identity import TokenFault
from feedback_loop.errors import TokenRefused

MOST_CHARS = 16_384
_PARTS = 3


@dataclass(frozen=True)
class CompactToken:
    """Header and claims as they were read; the text is what was signed and its signature."""

    header: dict[str, Any]
    claims: dict[str, Any]
    text: str


def read_compact(text: str) -> CompactToken:
    """The token's parts; raises TokenRefused."""
    if len(text) > MOST_CHARS:
        raise TokenRefused(TokenFault.TOO_LONG)
    parts = text.split(".")
    if not text.isascii() or len(parts) != _PARTS or not all(parts):
        raise TokenRefused(TokenFault.NO_TOKEN)
    header, claims, _ = [decoded(part) for part in parts]
    return CompactToken(json_object(header), json_object(claims), text)


def decoded(part: str) -> bytes:
    """The bytes of canonical base64url without padding; raises TokenRefused."""
    try:
        found = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenRefused(TokenFault.NO_TOKEN) from None
    # The last character may hold bits that stand for nothing; a decoder ignores them.
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode("ascii") != part:
        raise TokenRefused(TokenFault.NO_TOKEN)
    return found


def json_object(content: bytes) -> dict[str, Any]:
    """The object that the JSON says; raises TokenRefused where it is none, or names a thing twice."""
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise TokenRefused(TokenFault.NO_TOKEN) from None
    if not isinstance(found, dict):
        raise TokenRefused(TokenFault.NO_TOKEN)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError("no number of JSON")
