"""Values of a row as the columns of a record: words, required words, instants, ratings, choices; raises RowRefused where one can't be.

A value may be text (CSV, JSON numbers as they were written), a number, a truth value or nested (Parquet, JSON). Nothing is guessed: what
can't be read refuses its row, which stays in quarantine with the reason. Details name columns and limits, never values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.reading import RowRefused

MAX_WORD_CHARS = 1000
FIRST_YEAR, LAST_YEAR = 1970, 2099
"""Years outside of these are no dates of feedback but defaults and typing errors; a date that is merely in the future is landed."""

Values = Mapping[str, object]
Choice = TypeVar("Choice", bound=StrEnum)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?)?"
)
_BEFORE_ZONE = re.compile(r" (?=[Z+-])")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
_LANGUAGE = re.compile(r"([A-Za-z]{2})([-_].*)?")
_EXACT_FLOAT = 2.0**53


def words(values: Values, column: str) -> str | None:
    """The text as it came; None where there are no words."""
    found = _as_text(values, column)
    return found if found and found.strip() else None


def word(values: Values, column: str) -> str | None:
    """A short value without blanks around it; None where it is absent or empty."""
    found = (_as_text(values, column) or "").strip()
    if len(found) > MAX_WORD_CHARS:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{column} is longer than {MAX_WORD_CHARS} characters")
    if _CONTROL.search(found):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{column} holds a control character")
    return found or None


def required_word(values: Values, column: str, reason: QuarantineReason = QuarantineReason.MISSING_REQUIRED_VALUE) -> str:
    """A short value that must not be empty."""
    found = word(values, column)
    if found is None:
        raise RowRefused(reason, f"{column} is empty")
    return found


def instant(values: Values, column: str) -> datetime:
    """The instant of an ISO 8601 date or time, in UTC; a time without a zone is UTC already."""
    return _instant(required_word(values, column), column)


def optional_instant(values: Values, column: str) -> datetime | None:
    """The same; None where the value is absent or empty."""
    written = word(values, column)
    return None if written is None else _instant(written, column)


def _instant(written: str, column: str) -> datetime:
    if not _INSTANT.fullmatch(written):
        raise RowRefused(QuarantineReason.UNREADABLE_DATE, f"{column} is no ISO 8601 date or time")
    try:
        parsed = datetime.fromisoformat(_BEFORE_ZONE.sub("", written.removesuffix("UTC").rstrip()))
        found = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RowRefused(QuarantineReason.UNREADABLE_DATE, f"{column} is no day or time of the calendar") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{column} is not within {FIRST_YEAR}..{LAST_YEAR}")
    return found


def amount(values: Values, column: str) -> float | None:
    """A number of 0 or more; None where there is none. What was lost or gained is said by the kind of a row, never by a sign."""
    written = word(values, column)
    if written is None:
        return None
    if not _AMOUNT.fullmatch(written):
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{column} is no number of 0 or more")
    return float(written)


def rating(values: Values, column: str) -> float | None:
    """Stars from 1 to 5; None where there are none."""
    written = word(values, column)
    if written is None:
        return None
    stars = float(written) if _NUMBER.fullmatch(written) else 0.0
    if not 1 <= stars <= 5:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{column} is no number from 1 to 5")
    return stars


def stars(values: Values, column: str) -> float:
    """Whole stars from 1 to 5, which must be given."""
    required_word(values, column)
    found = rating(values, column)
    if found is None or not found.is_integer():
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{column} is no whole number from 1 to 5")
    return found


def choice(values: Values, column: str, vocabulary: type[Choice]) -> Choice | None:
    """The word of a closed vocabulary, whatever its case; None where the value is empty."""
    written = word(values, column)
    if written is None:
        return None
    if written.lower() not in list(vocabulary):
        raise RowRefused(QuarantineReason.UNKNOWN_VALUE, f"{column} is none of {', '.join(vocabulary)}")
    return vocabulary(written.lower())


def required_choice(values: Values, column: str, vocabulary: type[Choice]) -> Choice:
    """The same; a value that is empty is refused."""
    found = choice(values, column, vocabulary)
    if found is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, f"{column} is empty")
    return found


def language(values: Values, column: str) -> str | None:
    """The ISO 639-1 code of a declared language or locale; None where it is absent or no such code."""
    match = _LANGUAGE.fullmatch(word(values, column) or "")
    return match[1].lower() if match else None


def _as_text(values: Values, column: str) -> str | None:
    value = values.get(column)
    if value is None or value != value:  # NaN is how data frames write an absent text
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{column} is neither text nor a number")
    return _encodable(str(value), column)


def _encodable(text: str, column: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RowRefused(QuarantineReason.BROKEN_ENCODING, f"{column} holds half a surrogate pair or bytes that are not UTF-8") from error
    return text
