"""Folders of cases for `feedback-loop try`: which there are, and what is read of each the same way whatever the task.

What a task asks of its case is in `try_verify_fix`, `try_detect` and `try_diagnose`. The rule that is easy to break: whatever a case's
files hold, the answer to a bad one is a single line that names the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
from feedback_loop.workflows.try_files import Answer

Told = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
            raise BadInput(f"{file}: is a case of '{told['task']}', not of '{task}'. Give each task its own folder.")
        yield told
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UnreadableFile(file, f"is no case of {task} ({type(error).__name__}: {error})") from error


def read_complaints(folder: Path, columns: Sequence[str], where_there: Sequence[str] = ()) -> pl.DataFrame:
    """These columns of the case's complaints, and those of the others that it has."""
    return read_rows(folder / "complaints.parquet", columns, where_there)


def read_rows(file: Path, columns: Sequence[str], where_there: Sequence[str] = ()) -> pl.DataFrame:
    """These columns of a file of the case, and those of the others that it has."""
    if not file.is_file():
        raise InputFileMissing(file)
    try:
        known = pl.read_parquet_schema(file)
        return pl.read_parquet(file, columns=[*columns, *(name for name in where_there if name in known)])
    except pl.exceptions.PolarsError as error:
        raise UnreadableFile(file, f"is no Parquet file with the columns {', '.join(columns)}") from error


def microseconds(text: str) -> int:
    """The instant of an ISO text with an offset, since 1970; ValueError where it has none."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no offset; write it as {text}Z")
    return (instant - _EPOCH) // timedelta(microseconds=1)
