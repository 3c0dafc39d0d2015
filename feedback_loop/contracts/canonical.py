"""One way to write a value as JSON, so that the same value always has the same bytes and so the same hash (RFC 8785).

Instants are written as ISO 8601 in UTC with microseconds, days as ISO 8601. What has no such form (a set, bytes, NaN, an instant without a
time zone, half of a surrogate pair) is refused: a hash of a guess would prove nothing. It is written here rather than by the library of the
standard, at several times its speed, because every record of the audit trail goes through it; a test holds both against each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from json.encoder import encode_basestring
from typing import Any

import rfc8785

from feedback_loop.errors import BadInput

_MOST = 2**53 - 1
"""Whole numbers beyond it are not told apart by everybody who reads JSON."""

_SMALL, _LARGE = 1e-4, 1e16
"""Between them Python writes a number with the same digits as ECMAScript does."""


def canonical_json(value: object) -> bytes:
    """The value in UTF-8 as RFC 8785 writes it; raises BadInput where it has no such form."""
    try:
        return _text(value).encode()
    except (TypeError, ValueError) as error:
        # Some of these errors quote the value, which may be a customer's.
        raise BadInput(f"a value has no canonical JSON ({type(error).__name__}); give text, numbers, instants, lists, mappings.") from None


def parsed_json(text: str) -> Any:
    """The values of the text such that they are written again as they stand; raises ValueError or RecursionError where it is no JSON.

    A whole number that large was a number with a fraction before it was written: as one it is read.
    """
    return json.loads(text, parse_int=_whole, object_pairs_hook=_without_doubles)


def instant_text(instant: datetime) -> str:
    """The instant as ISO 8601 in UTC with microseconds, such as 2026-01-05T09:30:00.000000Z; raises BadInput without a time zone."""
    if instant.tzinfo is None:
        raise BadInput("an instant without a time zone names nothing for sure; attach one first.")
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, dict | Mapping):
        names = sorted(value) if _is_plain(value) else sorted(value, key=_utf_16)
        return "{" + ",".join([f"{encode_basestring(name)}:{_text(value[name])}" for name in names]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([_text(part) for part in value]) + "]"
    return _text_of_one(value)


def _text_of_one(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            if not -_MOST <= value <= _MOST:
                raise ValueError
            return int.__repr__(value)
        case float():
            return _number(value)
        case datetime():
            return f'"{instant_text(value)}"'
        case date():
            return f'"{value.isoformat()}"'
        case _:
            raise TypeError


def _number(value: float) -> str:
    if -_LARGE < value < _LARGE and value == int(value):
        return str(int(value))
    return float.__repr__(value) if _SMALL <= abs(value) < _LARGE else rfc8785.dumps(float(value)).decode()


def _whole(digits: str) -> int | float:
    value = int(digits)
    return value if -_MOST <= value <= _MOST else float(digits)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values of one name some readers take the first and some the last, so that a text with both says two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _is_plain(names: Mapping[str, Any]) -> bool:
    """Whether their order by code points is that by UTF-16, as it is of all names without letters beyond ASCII."""
    return "".join(names).isascii()


def _utf_16(name: str) -> bytes:
    return name.encode("utf-16-be")
