"""Values of OTLP in its JSON encoding: 64-bit whole numbers as text, enumerations as numbers, attributes as keys with a union of values.

Specification: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. The rule that is easy to break: numbers are text here, as
every reader keeps them, and an enumeration may come by its name as well; 0 is how protocol buffers write that an instant is not known.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_values import part, parts
from feedback_loop.sources.minute_counts import Where
from feedback_loop.sources.reading import RowRefused
from feedback_loop.sources.values import FIRST_YEAR, LAST_YEAR, Values

SECOND, MINUTE = 1_000_000_000, 60 * 1_000_000_000
"""In nanoseconds."""

_START = datetime(1970, 1, 1, tzinfo=UTC)
_END = int((datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - _START).total_seconds()) * SECOND
_WHOLE = re.compile(r"[0-9]{1,19}")
_REAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_MOST, _MOST_LEVELS = 2**53, 100
_NAMED = ("service.name", "service.version", "cloud.region")
_SCALARS = ("stringValue", "intValue", "boolValue", "doubleValue")


def attributes(values: Values, name: str = "attributes") -> dict[str, Values]:
    """The attributes by their keys, each a union; of a key that stands twice, which nobody may write, the last."""
    return {read.required_word(one, "key"): part(one, "value") for one in parts(values, name)}


def attribute(found: Mapping[str, Values], *keys: str) -> str | None:
    """The value of the first of the keys that has a plain one, as short text; None where none has."""
    return next((said for key in keys if (said := _plain(found.get(key, {}), key))), None)


def any_text(value: Values, name: str) -> str | None:
    """The text of a union of values; None where it is no text."""
    return read.words({name: value.get("stringValue")}, name)


def canonical(found: Mapping[str, Values]) -> str:
    """All of the attributes as one text, the same whatever their order."""
    return json.dumps(found, sort_keys=True)


def where(resource: Values) -> Where:
    """The service, its version and its region that the resource names."""
    found = attributes(resource)
    service, version, region = (attribute(found, name) for name in _NAMED)
    if service is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "service.name is empty")
    return Where(service, version or "", region or "")


def named_resource(place: Where) -> Values:
    """A resource that says no more than the service, its version and its region."""
    told = zip(_NAMED, place, strict=True)
    return {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in told if value]}


def is_deep(values: Values) -> bool:
    """Whether the values are nested deeper than any request is; what is may end the stack of whoever writes it again."""
    level: list[object] = [values]
    for _ in range(_MOST_LEVELS):
        level = [inner for one in level for inner in _inside(one) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def nanos(values: Values, name: str) -> int | None:
    """The instant in nanoseconds since 1970; None where it is not known."""
    found = _whole(values, name, QuarantineReason.UNREADABLE_DATE)
    if found is not None and found >= _END:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is not within {FIRST_YEAR}..{LAST_YEAR}")
    return found or None


def required_nanos(values: Values, name: str) -> int:
    """The same; an instant that is not known is refused."""
    found = nanos(values, name)
    if found is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, f"{name} is empty")
    return found


def minute_before(end: int) -> datetime:
    """The first instant of the minute that the time up to this instant, itself not included, ends in."""
    return _START + timedelta(minutes=(end - 1) // MINUTE)


def count(values: Values, name: str) -> int:
    """A whole number of 0 or more that a table can add up; absent is 0, as protocol buffers leave it out."""
    found = _whole(values, name, QuarantineReason.VALUE_OUT_OF_RANGE) or 0
    if found > _MOST:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is more than {_MOST}")
    return found


def numbers(values: Values, name: str, of: type[int] | type[float]) -> tuple[float, ...]:
    """The list of numbers under the name; empty where there is none."""
    found = values.get(name)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is no list")
    if of is int:
        return tuple(count({name: one}, name) for one in found)
    return tuple(_real({name: one}, name) for one in found)


def enumeration(values: Values, name: str, prefix: str, known: Mapping[str, int]) -> int:
    """The number of an enumeration that comes as a number or by its name; 0 where it is not said."""
    written = read.word(values, name)
    if written is None:
        return 0
    if written.removeprefix(prefix) in known:
        return known[written.removeprefix(prefix)]
    found = _whole(values, name, QuarantineReason.UNKNOWN_VALUE)
    if found not in (0, *known.values()):
        raise RowRefused(QuarantineReason.UNKNOWN_VALUE, f"{name} is none of {', '.join(known)}")
    return found


def is_failure(found: Mapping[str, Values]) -> bool:
    """Whether the attributes of a request say that the server failed: an error's type, or a status from 500 on."""
    status = attribute(found, "http.response.status_code", "http.status_code") or ""
    if status.isascii() and status.isdigit() and len(status) == 3:
        return status >= "500"  # a refusal of the client's own mistake has an error.type in some libraries
    return attribute(found, "error.type") is not None


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _plain(value: Values, key: str) -> str | None:
    said = next((value[name] for name in _SCALARS if name in value), None)
    return read.word({key: str(said).lower() if isinstance(said, bool) else said}, key)


def _whole(values: Values, name: str, reason: QuarantineReason) -> int | None:
    written = read.word(values, name)
    if written is None:
        return None
    if not _WHOLE.fullmatch(written):
        raise RowRefused(reason, f"{name} is no whole number of 0 or more")
    return int(written)


def _real(values: Values, name: str) -> float:
    written = read.required_word(values, name)
    found = float(written) if _REAL.fullmatch(written) else math.inf
    if not math.isfinite(found):
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} holds no finite number")
    return found
