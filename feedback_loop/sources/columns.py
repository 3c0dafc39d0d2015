"""A column of a frame as a typed one: the expression that makes it, and what is wrong where it can't be made.

For sources of so many rows that a row can't be an object (telemetry, logs): what `values` says of one value, this says of a column, in the
same words. A column may be text (CSV, JSON lines) or typed already (Parquet). The rule that is easy to break: a check is true where there
is a problem, never null, for a null would let a bad row pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.reading import Problem, RowRefused
from feedback_loop.sources.values import FIRST_YEAR, LAST_YEAR, MAX_WORD_CHARS

NO_TEXT = "\x00"
"""Stands for a value that is neither text nor a number; no word may hold it."""

INSTANT = pl.Datetime("us", "UTC")
_BLANKS = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
_CONTROL = r"[\x00-\x1f\x7f-\x9f]"
_WHOLE = r"^[0-9]{1,15}(\.0+)?$"
_NUMBER = r"^[0-9]{1,15}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$"


@dataclass(frozen=True)
class Check:
    """Where the expression is true, the row has the problem."""

    is_broken: pl.Expr
    problem: Problem


@dataclass(frozen=True)
class Column:
    """The typed column and its checks, of which the first that is true tells why the row is refused."""

    value: pl.Expr
    checks: tuple[Check, ...]


def word(frame: pl.DataFrame, name: str, *, is_required: bool) -> Column:
    """Short text without blanks around it; empty where it is absent, unless that is refused."""
    text = _text(frame, name)
    checks = _checks_of_text(text, name)
    if is_required:
        checks += (_check(text == "", QuarantineReason.MISSING_REQUIRED_VALUE, f"{name} is empty"),)
    return Column(text, checks)


def _checks_of_text(text: pl.Expr, name: str) -> tuple[Check, ...]:
    too_long = f"{name} is longer than {MAX_WORD_CHARS} characters"
    return (
        _check(text.str.len_chars() > MAX_WORD_CHARS, QuarantineReason.VALUE_OUT_OF_RANGE, too_long),
        _check(text.str.contains(_CONTROL), QuarantineReason.MALFORMED_ROW, f"{name} is no text or holds a control character"),
    )


def count(frame: pl.DataFrame, name: str) -> Column:
    """Whole numbers of 0 or more."""
    text = _text(frame, name)
    is_whole = text.str.contains(_WHOLE)
    return Column(
        text.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False),
        (
            *_checks_of_text(text, name),
            _check(text == "", QuarantineReason.MISSING_REQUIRED_VALUE, f"{name} is empty"),
            _check(~is_whole, QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is no whole number of 0 or more"),
        ),
    )


def amount(frame: pl.DataFrame, name: str) -> Column:
    """Numbers of 0 or more; null where there is none."""
    if name in frame.columns and frame.schema[name].is_float():
        number = pl.col(name).cast(pl.Float64).fill_nan(None)
        is_broken = ~(number.is_finite() & (number >= 0))
        return Column(
            number, (_check(is_broken.fill_null(False), QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is no number of 0 or more"),)
        )
    text = _text(frame, name)
    is_broken = (text != "") & ~text.str.contains(_NUMBER)
    no_number = _check(is_broken, QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is no number of 0 or more")
    return Column(text.cast(pl.Float64, strict=False), (*_checks_of_text(text, name), no_number))


def minute(frame: pl.DataFrame, name: str) -> Column:
    """The first instants of minutes, in UTC; any other instant is refused, because rounding could make one minute of two."""
    is_typed = name in frame.columns and frame.schema[name].is_temporal()
    column = _typed_instant(frame, name) if is_typed else _written_instant(frame, name)
    is_within = (column.value != column.value.dt.truncate("1m")).fill_null(False)
    within = _check(is_within, QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is not the first instant of a minute")
    return Column(column.value, (*column.checks, within))


def _check(is_broken: pl.Expr, reason: QuarantineReason, detail: str) -> Check:
    return Check(is_broken, Problem(reason, detail))


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """The column as text, never null."""
    if name not in frame.columns or frame.schema[name] == pl.Null:
        return pl.lit("")
    dtype, column = frame.schema[name], pl.col(name)
    if dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        column = pl.when(column.is_nan()).then(None).when(whole == column).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))
    elif dtype.is_integer() or isinstance(dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    elif dtype != pl.String:
        column = pl.when(column.is_null()).then(None).otherwise(pl.lit(NO_TEXT))
    return column.str.strip_chars(_BLANKS).fill_null("")


def _typed_instant(frame: pl.DataFrame, name: str) -> Column:
    """A column of instants or days; one without a time zone is in UTC already."""
    dtype, column = frame.schema[name], pl.col(name)
    if not isinstance(dtype, pl.Datetime | pl.Date):
        nothing = pl.lit(None, INSTANT)
        return Column(nothing, (_check(pl.lit(True), QuarantineReason.UNREADABLE_DATE, f"{name} is no ISO 8601 date or time"),))
    bounds = [datetime(year, 1, 1, tzinfo=UTC) for year in (FIRST_YEAR, LAST_YEAR + 1)]
    first, end = (pl.lit(bound.date() if dtype == pl.Date else bound.replace(tzinfo=None)).cast(_naive(dtype)) for bound in bounds)
    naive = column if dtype == pl.Date else column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    is_far = ~((naive >= first) & (naive < end)).fill_null(True)
    within = pl.when(~is_far).then(naive)  # another unit wraps around silently where an instant is too far away
    return Column(
        within.cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        (
            _check(column.is_null(), QuarantineReason.MISSING_REQUIRED_VALUE, f"{name} is empty"),
            _check(is_far, QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is not within {FIRST_YEAR}..{LAST_YEAR}"),
        ),
    )


def _naive(dtype: pl.DataType) -> pl.DataType:
    return pl.Datetime(dtype.time_unit) if isinstance(dtype, pl.Datetime) else dtype


def _written_instant(frame: pl.DataFrame, name: str) -> Column:
    """A column of text; each distinct text is read once, as the value of a single row would be."""
    text = _text(frame, name)
    instants: dict[str, datetime] = {}
    problems: dict[Problem, list[str]] = {}
    for written in frame.select(text.unique().alias(name)).to_series():
        try:
            instants[written] = read.instant({name: written}, name)
        except RowRefused as refusal:
            problems.setdefault(refusal.problem, []).append(written)
    value = (
        text.replace_strict(list(instants), list(instants.values()), default=None, return_dtype=INSTANT)
        if instants
        else pl.lit(None, INSTANT)
    )
    return Column(value, tuple(Check(text.is_in(texts), problem) for problem, texts in problems.items()))
