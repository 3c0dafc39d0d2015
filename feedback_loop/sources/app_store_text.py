"""Reviews of one app as a text file, one a line, its fields apart by six asterisks: rating, text, title, date, version, country.

This is how collections of App Store reviews are handed on (armor-ai/IDEA on GitHub is one); Apple's own answers are read by
`app_store_connect`. A line has no id, so its id is made of everything that it says: the same line anywhere is the same review, an edited
review is another one. Dates have no time of day and mean the first instant of their day in UTC. The rule that is easy to break: the words
may hold asterisks, so a line with more or fewer fields is refused, never cut somewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.app_store_connect import said
from feedback_loop.sources.json_lines import line_rows, too_long
from feedback_loop.sources.lines import text_lines, without_end
from feedback_loop.sources.reading import MAX_ROW_BYTES, Reading, Row, RowRefused
from feedback_loop.sources.values import FIRST_YEAR, LAST_YEAR, Values

SOURCE = "app_store_text"
SEPARATOR = "******"
COLUMNS = ("rating", "text", "title", "date", "version", "country")

_BOM = "\ufeff"
_DATE = re.compile(r"([A-Z][a-z]{2}) ([0-9]{1,2}), ([0-9]{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNKNOWN = "Unknown"


def read_app_store_text(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each line that is not blank."""
    lines, told = text_lines(stream, reading), reading.over_rows()
    for number, (raw, is_rest) in enumerate(line_rows(lines), 1):
        try:
            if is_rest or len(raw) > MAX_ROW_BYTES:
                raise too_long()
            yield _review(_fields(raw), number, told)
        except RowRefused as refusal:
            yield told.rejected(refusal.problem, raw, number)


def _fields(raw: bytes) -> dict[str, str]:
    try:
        line = without_end(raw).decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise RowRefused(QuarantineReason.BROKEN_ENCODING, f"the line is not UTF-8 ({error.reason})") from error
    fields = line.split(SEPARATOR)
    if len(fields) != len(COLUMNS):
        raise RowRefused(QuarantineReason.WRONG_COLUMN_COUNT, f"{len(fields)} fields instead of {', '.join(COLUMNS)}")
    return dict(zip(COLUMNS, fields, strict=True))


def _review(values: dict[str, str], number: int, reading: Reading) -> FeedbackRecord:
    version = read.word(values, "version")
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=stable_id("review", *values.values()),
        channel=Channel.APP_REVIEW,
        product=reading.product,
        occurred_at=_day(values),
        text=said(read.words(values, "title"), read.words(values, "text")),
        product_version=None if version == _UNKNOWN else version,
        region=read.word(values, "country"),
        rating=read.stars(values, "rating"),
        raw_payload=json.dumps(values, ensure_ascii=False),
        source_file=reading.file_name,
        source_row_number=number,
    )


def _day(values: Values) -> datetime:
    match = _DATE.fullmatch(read.required_word(values, "date"))
    if match is None or match[1] not in _MONTHS:
        raise RowRefused(QuarantineReason.UNREADABLE_DATE, "date is no date like Apr 01, 2017")
    year = int(match[3])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"date is not within {FIRST_YEAR}..{LAST_YEAR}")
    try:
        return datetime(year, 1 + _MONTHS.index(match[1]), int(match[2]), tzinfo=UTC)
    except ValueError as error:
        raise RowRefused(QuarantineReason.UNREADABLE_DATE, "date is no day of the calendar") from error
