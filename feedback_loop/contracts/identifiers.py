"""Identifiers that depend on content alone: same input, same id, whatever the order, the batch size or the day.

Every id is `<kind>_<20 hexadecimal digits>`: 80 bits of SHA-256 over the parts, each with its length in front, so that no two different
tuples of parts can run together. A part that is absent (None) differs from an empty one. Never put a clock, a counter or a row number here.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from feedback_loop.errors import BadInput

Part = str | int | float | date | datetime | None

_DIGITS = 20


def stable_id(kind: str, *parts: Part) -> str:
    """`<kind>_` and 20 hexadecimal digits that are a function of the parts and their order."""
    digest = hashlib.sha256(b"".join([kind.encode(), *map(_encoded, parts)]))
    return f"{kind}_{digest.hexdigest()[:_DIGITS]}"


def content_hash(data: bytes | str) -> str:
    """The SHA-256 of the bytes, or of the text's UTF-8, in 64 hexadecimal digits."""
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")).hexdigest()


def _encoded(part: Part) -> bytes:
    if part is None:
        return b"\x00"
    body = (part if isinstance(part, str) else _as_text(part)).encode("utf-8", "surrogatepass")
    return b"\x01" + len(body).to_bytes(8, "big") + body


def _as_text(part: int | float | date | datetime) -> str:
    if isinstance(part, datetime):
        if part.tzinfo is None:
            raise BadInput("an instant without a time zone names nothing for sure; attach one first.")
        return part.astimezone(UTC).isoformat(timespec="microseconds")
    return part.isoformat() if isinstance(part, date) else str(part)
