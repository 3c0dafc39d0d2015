"""The header rows of a survey's CSV export: one row, SurveyMonkey's two or Qualtrics' three, told apart by what stands in them.

Qualtrics (https://www.qualtrics.com/support/survey-platform/data-and-analysis-module/data/download-data/understanding-your-dataset/):
names, question texts, and a JSON object with `ImportId` a column, which also says the time zone. SurveyMonkey, as its exports of all
responses look (not verified against the vendor, who describes them nowhere that was at hand): questions, the first column of several alone
named, and below `Response`, `Open-Ended Response` or a choice. The rule that is easy to break: the rows are read again from quarantine
without their header, so all that was learned from it stands in the headings and in the form.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.csv_rows import CsvRow, peek_row, take_row
from feedback_loop.sources.csv_table import MAX_COLUMNS, MAX_HEADER_BYTES
from feedback_loop.sources.lines import EMPTY, Lines, without_end
from feedback_loop.sources.reading import Reading
from feedback_loop.sources.survey_columns import CHOICE, FREE_TEXT, survey_columns

PLAIN, SURVEYMONKEY, QUALTRICS = "csv", "surveymonkey", "qualtrics"
"""The forms of rows; that of Qualtrics is followed by a blank and the time zone."""

MAX_QUESTION_CHARS = 300
_HELP = "export the responses as CSV with their header rows"


class Layout(NamedTuple):
    """The headings of the columns, each once, and the form of the rows."""

    headings: tuple[str, ...]
    form: str


def take_layout(lines: Lines, reading: Reading) -> Layout:
    """The layout, its header rows taken off the lines; raises UnreadableFile where they are no survey's."""
    lines.drop_mark()
    while lines.peek() and not without_end(lines.peek()):
        lines.take()
    if not lines.peek():
        raise UnreadableFile(reading.path, EMPTY)
    names = _cells(take_row(lines, MAX_COLUMNS), reading)
    layout = _further(names, lines, reading)
    found = survey_columns(layout.headings)
    if not found.ids or not found.times:
        raise UnreadableFile(reading.path, f"it names no response id or no end date; {_HELP}")
    if not (found.csat or found.nps or found.comments):
        raise UnreadableFile(reading.path, "none of its columns is surely a score or a comment; name one csat, nps or comment")
    return layout


def zone_of(form: str) -> ZoneInfo:
    """The time zone in which rows of that form tell times; raises ValueError or KeyError where there is no such zone."""
    name = form.partition(" ")[2]
    try:
        return ZoneInfo("UTC" if name in ("", "Z") else name)
    except OSError as error:
        raise ValueError("no time zone") from error


def _cells(row: CsvRow, reading: Reading) -> tuple[str, ...]:
    if row.problem or len(row.raw) > MAX_HEADER_BYTES or len(row.fields) > MAX_COLUMNS or "\0" in "".join(row.fields):
        raise UnreadableFile(reading.path, f"its first line is no header of a survey; {_HELP}")
    return tuple(" ".join(field.split()) for field in row.fields)


def _further(names: tuple[str, ...], lines: Lines, reading: Reading) -> Layout:
    """The layout that the rows below the names tell."""
    below = _peeked(lines, len(names))
    if below and any(cell in ("Response", "Open-Ended Response") for cell in below) and not below[0]:
        lines_taken = take_row(lines, MAX_COLUMNS)
        return Layout(_unique(_monkey(names, _cells(lines_taken, reading))), SURVEYMONKEY)
    if below and names and any(name in ("ResponseId", "RecordedDate") for name in names) and not _has_digits_of_a_day(below):
        questions = _cells(take_row(lines, MAX_COLUMNS), reading)
        told = [_import_told(cell) for cell in _peeked(lines, len(names))]
        if told and any(told):
            take_row(lines, MAX_COLUMNS)
        return Layout(_unique(_qualtrics(names, questions, told)), f"{QUALTRICS} {_zone(told, reading)}")
    return Layout(_unique(names), PLAIN)


def _peeked(lines: Lines, count: int) -> tuple[str, ...]:
    """The cells of the next row; none where it is no row of so many columns."""
    if not lines.peek():
        return ()
    row = peek_row(lines, MAX_COLUMNS)
    return tuple(" ".join(field.split()) for field in row.fields) if len(row.fields) == count and not row.problem else ()


def _has_digits_of_a_day(cells: Sequence[str]) -> bool:
    """Whether a row holds a date, which no row of questions does: it is an answer already."""
    return any(cell[:4].isdecimal() and cell[4:5] == "-" for cell in cells)


def _import_told(cell: str) -> dict[str, Any]:
    if not cell.startswith("{"):
        return {}
    try:
        told = json.loads(cell)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) and isinstance(told.get("ImportId"), str) else {}


def _zone(told: Sequence[dict[str, Any]], reading: Reading) -> str:
    name = next((str(one["timeZone"]) for one in told if one.get("timeZone")), "UTC")
    try:
        zone_of(f"{QUALTRICS} {name}")
    except (ValueError, KeyError) as error:
        raise UnreadableFile(reading.path, "its header names a time zone that nobody knows; export it again") from error
    return name


def _qualtrics(names: Sequence[str], questions: Sequence[str], told: Sequence[dict[str, Any]]) -> list[str]:
    """The names; those of questions with their text and with what kind of answer they take."""
    ids = [one.get("ImportId", "") for one in told] or [""] * len(names)
    return [
        _asked(name, question, FREE_TEXT if _is_written(name, own) else CHOICE) if _is_question(name, own) else name
        for name, question, own in zip(names, questions, ids, strict=True)
    ]


def _is_question(name: str, import_id: str) -> bool:
    return import_id.startswith("QID") or (not import_id and name[:1] == "Q" and name[1:2].isdecimal())


def _is_written(name: str, import_id: str) -> bool:
    return (import_id or name).endswith("_TEXT")


def _asked(name: str, question: str, kind: str) -> str:
    return f"{name}: {question[:MAX_QUESTION_CHARS]}{kind}"


def _monkey(names: Sequence[str], below: Sequence[str]) -> list[str]:
    """The questions, each carried on over the columns that are named only below it."""
    headings, question = [], ""
    for name, answer in zip(names, below, strict=True):
        question = name or question
        if answer == "Open-Ended Response":
            headings.append(question[:MAX_QUESTION_CHARS] + FREE_TEXT)
        elif answer == "Response":
            headings.append(question[:MAX_QUESTION_CHARS] + CHOICE)
        else:
            headings.append(f"{question[:MAX_QUESTION_CHARS]} [{answer[:MAX_QUESTION_CHARS]}]{CHOICE}" if answer else question)
    return headings


def _unique(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings with a number before those that stand there already or are empty; the payload is an object by them."""
    seen: set[str] = set()
    made = []
    for number, heading in enumerate(headings, 1):
        own = heading if heading and heading not in seen else f"column {number} {heading}".strip()
        while own in seen:
            own = f"column {own}"
        seen.add(own)
        made.append(own)
    return tuple(made)
