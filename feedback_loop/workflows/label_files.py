"""Files of labels: the review queue as a sheet to fill in, and such a sheet, or any other file of labels, read row by row.

What becomes of the rows is decided in `label_import`. The rules that are easy to break: a row that can't be read is one problem and takes
no other with it; and what a customer wrote must never be a formula of the sheet that it is opened in.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_loop.contracts.vocab import LabelKind, QuarantineReason, QueueReason
from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
from feedback_loop.sources.csv_rows import CsvRow, split_rows
from feedback_loop.sources.csv_table import take_header
from feedback_loop.sources.lines import text_lines
from feedback_loop.sources.reading import Reading

if TYPE_CHECKING:  # what it loads would take longer than thousands of labels
    from feedback_loop.workflows.review import Question

SHEET = ("fragment_id", "label", "why", "kind", "reason", "owner", "assigned_to", "may_be_about", "masked_text")
_REQUIRED = ("fragment_id", "label")
_SUFFIX = ".csv"
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class LabelLine:
    """One row of a file of labels as somebody wrote it, 1 being the one below the header; `problem` says why it can't be read."""

    number: int
    fragment_id: str = ""
    label: str = ""
    why: str = ""
    kind: str = ""
    problem: str | None = None


def read_label_file(path: Path) -> list[LabelLine]:
    """The rows of the file, in order; a row of empty cells is none. Raises BadInput for what is no such file."""
    if not path.is_file():
        raise InputFileMissing(path, "is a folder" if path.is_dir() else "no such file")
    if path.suffix.lower() != _SUFFIX:
        raise UnreadableFile(path, f"labels are read from {_SUFFIX} files; save the sheet as CSV (UTF-8, commas)")
    with path.open("rb") as stream:
        lines = text_lines(stream, Reading(source="labels", file_name=str(path), form="csv"))
        columns = take_header(lines, Reading(source="labels", file_name=str(path), form="csv"), _REQUIRED)
        rows = (row for row in split_rows(lines, len(columns)) if not row.is_blank)
        return [_line(number, row, columns) for number, row in enumerate(rows, 1) if row.problem or any(map(str.strip, row.fields))]


def write_sheet(path: Path, questions: Sequence[Question]) -> None:
    """Writes the questions with an empty label each; raises BadInput where there is such a file, in which somebody may have labelled."""
    if path.suffix.lower() != _SUFFIX:
        raise BadInput(f"{path}: a sheet is a {_SUFFIX} file. Name one.")
    try:
        # With a mark, without which spreadsheets take UTF-8 for another encoding.
        with path.open("x", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, SHEET)
            writer.writeheader()
            writer.writerows(_cells(question) for question in questions)
    except FileExistsError:
        raise BadInput(f"{path}: exists already, maybe with labels in it. Choose another name, or remove it first.") from None


def _line(number: int, row: CsvRow, columns: Sequence[str]) -> LabelLine:
    if row.problem:
        advice = "; save the file as UTF-8" if row.problem.reason is QuarantineReason.BROKEN_ENCODING else "; mend its quotes and commas"
        return LabelLine(number, problem=f"can't be read: {row.problem.detail}{advice}")
    cells = dict(zip(columns, map(str.strip, row.fields), strict=True))
    return LabelLine(number, *(cells.get(name, "") for name in ("fragment_id", "label", "why", "kind")))


def _cells(question: Question) -> Mapping[str, str]:
    asked = question.asked
    kind = LabelKind.SECOND_READING if asked.reason is QueueReason.SECOND_READING else LabelKind.CORRECTION
    may_be = ", ".join(question.label_set)
    values = (asked.fragment_id, "", "", kind, asked.reason, asked.owner, asked.assigned_to or "", may_be, question.masked_text)
    return dict(zip(SHEET, map(_as_text, values), strict=True))


def _as_text(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would compute it."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell
