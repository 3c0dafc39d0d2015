"""One way to write a value as JSON, so that the same value always has the same bytes and so the same hash (RFC 8785).

Instants are written as ISO 8601 in UTC with microseconds, days as ISO 8601. What has no such form (a set, bytes, NaN, an instant without a
time zone, half of a surrogate pair) is refused: a hash of a guess would prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

from feedback_loop.errors import BadInput


def canonical_json(value: object) -> bytes:
    """The value in UTF-8 as RFC 8785 writes it; raises BadInput where it has no such form."""
    try:
        return rfc8785.dumps(_plain(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        # The error of the library quotes the value, which may be a customer's.
        raise BadInput(f"a value has no canonical JSON ({type(error).__name__}); give text, numbers, instants, lists, mappings.") from None


def instant_text(instant: datetime) -> str:
    """The instant as ISO 8601 in UTC with microseconds, such as 2026-01-05T09:30:00.000000Z; raises BadInput without a time zone."""
    if instant.tzinfo is None:
        raise BadInput("an instant without a time zone names nothing for sure; attach one first.")
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {name: _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return value
