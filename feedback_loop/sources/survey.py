"""Answers to CSAT and NPS surveys: CSV exports of Qualtrics and SurveyMonkey, and plain ones, one record an answer.

Comments are the text, in the order of the file. The rating is the first CSAT score that was given (1 to 5, as a number or in the words of
the five-point scales of both vendors); an answer with an NPS score alone is rated on the same scale by a straight line, 0 is 1.0, 5 is
3.0, 10 is 5.0, which keeps order and distances and can be undone; the score itself stays in the payload. Times are in the survey's zone,
which Qualtrics tells; SurveyMonkey (MM/DD/YYYY) and plain files tell none and are read as UTC. The rule that is easy to break: an answer
that is not finished is a customer's word all the same and becomes a newer version when it is; a preview, a test and spam are not
(`not_feedback`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.csv_rows import CsvRow, split_rows
from feedback_loop.sources.lines import text_lines
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.survey_columns import SurveyColumns, survey_columns
from feedback_loop.sources.survey_layouts import QUALTRICS, SURVEYMONKEY, take_layout, zone_of
from feedback_loop.sources.values import Values

SOURCE = "survey"

_NO_ANSWERS = re.compile(r"(?:survey )?(?:preview|test)\b|spam\b|.*\b(?:spam|preview)\Z|(?:1|2|8|9|12|17)\Z", re.IGNORECASE)
"""Status of Qualtrics, as text or as its number, of what no customer answered."""

_ANSWERED_AT = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP]M))?", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"(?<![\d.,-])\d{1,3}(?:\.\d{1,6})?(?![\d.,])")
_WORDS = {
    1.0: ("very dissatisfied", "extremely dissatisfied", "very unsatisfied", "sehr unzufrieden"),
    2.0: ("dissatisfied", "somewhat dissatisfied", "unsatisfied", "unzufrieden"),
    3.0: ("neither satisfied nor dissatisfied", "neutral", "weder noch"),
    4.0: ("satisfied", "somewhat satisfied", "zufrieden"),
    5.0: ("very satisfied", "extremely satisfied", "sehr zufrieden"),
}
_SCORES = {word: score for score, words in _WORDS.items() for word in words}
_MOST_NPS, _STARS_A_POINT, _FEWEST_STARS = 10, 0.4, 1.0


def read_survey(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each answer; raises UnreadableFile where the file is no survey's export."""
    lines = text_lines(stream, reading)
    columns, form = (reading.columns, reading.form) if reading.columns is not None else take_layout(lines, reading)
    told = reading.over_rows(columns, form)
    for number, row in enumerate((row for row in split_rows(lines, len(columns)) if not row.is_blank), 1):
        yield _outcome(row, columns, number, told)


def _outcome(row: CsvRow, columns: tuple[str, ...], number: int, told: Reading) -> Row:
    if row.problem:
        return told.rejected(row.problem, row.raw, number)
    values = dict(zip(columns, row.fields, strict=True))
    try:
        return _answer(values, survey_columns(columns), number, told)
    except RowRefused as refusal:
        return told.rejected(refusal.problem, row.raw, number)


def _answer(values: Values, found: SurveyColumns, number: int, told: Reading) -> FeedbackRecord:
    status = _told(values, found, "status")
    if status and _NO_ANSWERS.match(status):
        raise RowRefused(QuarantineReason.NOT_FEEDBACK, f"{found.told['status']} says that it is a preview, a test or spam")
    comments = [text for text in (read.words(values, name) for name in found.comments) if text]
    rating = _rating(values, found)
    if rating is None and not comments:
        raise RowRefused(QuarantineReason.NOT_FEEDBACK, "the answer has neither a score nor a comment")
    names = filter(None, [_told(values, found, "first_name"), _told(values, found, "last_name")])
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=_first(values, found.ids, QuarantineReason.MISSING_ID)[1],
        channel=Channel.SURVEY,
        product=told.product,
        occurred_at=_answered_at(values, found, told.form),
        text="\n".join(comments) or None,
        rating=rating,
        customer_id=_told(values, found, "customer_id"),
        customer_name=" ".join(names) or None,
        customer_email=_told(values, found, "customer_email"),
        declared_language=read.language(values, found.told["language"]) if "language" in found.told else None,
        raw_payload=json.dumps(values, ensure_ascii=False),
        source_file=told.file_name,
        source_row_number=number,
    )


def _told(values: Values, found: SurveyColumns, role: str) -> str | None:
    return read.word(values, found.told[role]) if role in found.told else None


def _first(values: Values, columns: tuple[str, ...], reason: QuarantineReason) -> tuple[str, str]:
    """The first of the columns that says something, and what; raises RowRefused where none does."""
    said = next(((name, word) for name in columns if (word := read.word(values, name))), None)
    if said is None:
        raise RowRefused(reason, f"{' and '.join(columns) or 'the column'} is empty")
    return said


def _answered_at(values: Values, found: SurveyColumns, form: str) -> datetime:
    column, written = _first(values, found.times, QuarantineReason.MISSING_REQUIRED_VALUE)
    match = _ANSWERED_AT.fullmatch(written) if form == SURVEYMONKEY else None
    if match:
        written = _iso(match, column)
    at = read.instant({column: written}, column)
    has_zone = written[-1:] in "Zz" or written.endswith("UTC") or "+" in written or written.count("-") > 2
    if form.startswith(QUALTRICS) and not has_zone:
        return at.replace(tzinfo=zone_of(form)).astimezone(UTC)
    return at


def _iso(match: re.Match[str], column: str) -> str:
    month, day, year, hour, minute, second, half = match.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise RowRefused(QuarantineReason.UNREADABLE_DATE, f"{column} is no time of a day of twice twelve hours")
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    return f"{year}-{int(month):02}-{int(day):02} {hours:02}:{minute}:{second or '00'}"


def _rating(values: Values, found: SurveyColumns) -> float | None:
    for name in found.csat:
        if written := read.word(values, name):
            return _number(written, name, 1, 5)
    for name in found.nps:
        if written := read.word(values, name):
            return round(_FEWEST_STARS + _STARS_A_POINT * _number(written, name, 0, _MOST_NPS), 6)
    return None


def _number(written: str, column: str, least: int, most: int) -> float:
    """The score, as a number or within words such as `10 - Extremely likely`; raises RowRefused where it is none of the scale."""
    words = " ".join(written.lower().split())
    if most == max(_SCORES.values()) and words in _SCORES:
        return _SCORES[words]
    numbers = _FIRST_NUMBER.findall(written)
    if len(numbers) != 1 or not least <= float(numbers[0]) <= most:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{column} is no score from {least} to {most}")
    return float(numbers[0])
