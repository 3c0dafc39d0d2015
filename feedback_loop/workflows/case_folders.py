"""Folders of cases for `feedback-loop try`: which there are, and what is read of each the same way whatever the task.

What a task asks of its case is in `try_verify_fix`, `try_detect` and `try_diagnose`. The rule that is easy to break: whatever a case's
files hold, the answer to a bad one is a single line that names the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
from feedback_loop.workflows.try_files import Answer, has_half_pair

Told = dict[str, Any]
CASE_FILES = ("case.json", "complaints.parquet", "changes.parquet", "exposure.parquet")
"""What a case may consist of, whatever its task."""

MOST_DAYS = 7_305
"""Twenty years, from the first instant of a case to its last: whatever is longer has a slip of the pen, and takes hours and all memory."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN_CHARS = 40


def case_folders(cases: Path) -> list[Path]:
    """The folders below that hold a case, at least one, by name."""
    folders = sorted(file.parent for file in cases.glob("*/case.json"))
    if not folders:
        raise InputFileMissing(cases, "holds no case. Name the folder whose folders hold a case.json each")
    return folders


def answers_of(cases: Path, answer: Callable[[Path], Answer], advance: Callable[[str], None]) -> list[Answer]:
    """The answer to each case folder, by name; `advance` is told the name of each that was answered."""
    answers: list[Answer] = []
    for folder in case_folders(cases):
        answers.append(answer(folder))
        advance(folder.name)
    return answers


@contextmanager
def told_case(folder: Path, task: str) -> Iterator[Told]:
    """What case.json says; whatever of it is missing or odd, when it is looked up within, makes the file one that can't be read."""
    file = folder / "case.json"
    try:
        told: Told = json.loads(file.read_text(encoding="utf-8"))
        if told["task"] != task:
            raise BadInput(f"{file}: is a case of '{str(told['task'])[:_SHOWN_CHARS]}', not of '{task}'. Give each task its own folder.")
        yield told
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UnreadableFile(file, f"is no case of {task} ({type(error).__name__}: {error})") from error


def case_id_of(told: Told) -> str:
    """The case's own id, a text or a whole number; ValueError where it is something else."""
    given = told["case_id"]
    if not isinstance(given, str | int) or isinstance(given, bool) or has_half_pair(str(given)):
        raise ValueError("case_id is neither a text nor a whole number")
    return str(given)


def read_complaints(folder: Path, columns: Sequence[str], where_there: Sequence[str] = ()) -> pl.DataFrame:
    """These columns of the case's complaints, and those of the others that it has; raises BadInput where occurred_at is no time."""
    file = folder / "complaints.parquet"
    found = read_rows(file, columns, where_there)
    require_times(found["occurred_at"], file)
    return found


def require_times(column: pl.Series, file: Path) -> None:
    """Raises BadInput where the column of the file holds something else than timestamps or days."""
    if not isinstance(column.dtype, pl.Datetime | pl.Date):
        raise UnreadableFile(file, f"has a column {column.name} that is no time. Write it as a timestamp in UTC")


def require_known(column: pl.Series, file: Path) -> None:
    """Raises BadInput where the column of the file has gaps."""
    if missing := column.null_count():
        raise UnreadableFile(file, f"has {missing} row(s) without {column.name}. Fill them or leave the rows out")


def as_texts(rows: pl.DataFrame, columns: Sequence[str], file: Path) -> pl.DataFrame:
    """The rows, these columns of them as texts; raises BadInput where one holds lists, bytes or the like."""
    for name in columns:
        if rows.schema[name].is_nested() or rows.schema[name] in (pl.Binary, pl.Object):
            raise UnreadableFile(file, f"has a column {name} of the type {rows.schema[name]}. Write it as text")
    return rows.cast(dict.fromkeys(columns, pl.String))


def read_rows(file: Path, columns: Sequence[str], where_there: Sequence[str] = ()) -> pl.DataFrame:
    """These columns of a file of the case, and those of the others that it has."""
    if not file.is_file():
        raise InputFileMissing(file)
    try:
        known = pl.read_parquet_schema(file)
        return pl.read_parquet(file, columns=[*columns, *(name for name in where_there if name in known)])
    except pl.exceptions.PolarsError as error:
        raise UnreadableFile(file, f"is no Parquet file with the columns {', '.join(columns)}") from error


def instant_of(text: str) -> datetime:
    """The instant of an ISO text with an offset; ValueError where it has none."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no offset; write it as {text}Z")
    return instant


def microseconds(text: str) -> int:
    """The same since 1970."""
    return (instant_of(text) - _EPOCH) // timedelta(microseconds=1)


def require_span(*instants: int) -> None:
    """ValueError where these microseconds are out of order, or too far apart for a case."""
    if any(later < earlier for earlier, later in pairwise(instants)):
        raise ValueError("its instants are out of order; history comes first, and the window's end last")
    if instants[-1] - instants[0] > timedelta(days=MOST_DAYS) // timedelta(microseconds=1):
        raise ValueError(f"it lasts more than {MOST_DAYS:,} days; look at the years of history and window")
