"""Values of objects within objects, as vendors' JSON has them: what `values` says of a flat row, this says of the parts of a nested one.

Numbers are text here, because rows keep them as they are written. A part that is absent or null is empty; one of another type refuses its
row, for it may hold what the row is about. The rule that is easy to break: a detail names the field, never what stands in it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.reading import RowRefused
from feedback_loop.sources.values import FIRST_YEAR, LAST_YEAR, Values

_SECONDS = re.compile(r"[0-9]{1,12}")
_START = datetime(1970, 1, 1, tzinfo=UTC)


def part(values: Values, name: str) -> Values:
    """The object under the name; an empty one where there is none."""
    found = values.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is no object")
    return found


def required_part(values: Values, name: str) -> Values:
    """The object under the name, which must hold something."""
    found = part(values, name)
    if not found:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, f"{name} is empty")
    return found


def parts(values: Values, name: str) -> list[Values]:
    """The objects of the list under the name, in its order; none where there is no list."""
    found = values.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is no list of objects")
    return found


def flag(values: Values, name: str) -> bool | None:
    """Whether it is so; None where that is not said."""
    found = values.get(name)
    if found is not None and not isinstance(found, bool):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is neither true nor false")
    return found


def seconds(values: Values, name: str) -> datetime:
    """The instant that is written as whole seconds since 1970, in UTC."""
    written = read.required_word(values, name)
    if not _SECONDS.fullmatch(written):
        raise RowRefused(QuarantineReason.UNREADABLE_DATE, f"{name} is no whole number of seconds since {FIRST_YEAR}")
    try:
        found = _START + timedelta(seconds=int(written))
    except OverflowError:
        found = datetime.max.replace(tzinfo=UTC)
    if found.year > LAST_YEAR:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is not within {FIRST_YEAR}..{LAST_YEAR}")
    return found


def raw_items(payload: str, *path: str) -> list[str]:
    """The items of the list at the end of the path of names, each as it is written in the payload."""
    try:
        found = msgspec.Raw(payload.encode())
        for name in path:
            found = msgspec.json.decode(found, type=dict[str, msgspec.Raw])[name]
        return [bytes(one).decode() for one in msgspec.json.decode(found, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError, KeyError) as error:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{path[-1]} is no list that can be taken apart") from error
