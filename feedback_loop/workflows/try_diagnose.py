"""`try diagnose`: what changed, for whom and why, answered for each case folder of a user's own.

A case is `case.json`, `complaints.parquet`, `changes.parquet` and, where known, `exposure.parquet`; the method is `methods/diagnosis`. The
rule that is easy to break: everything is read from the case: names and number of dimensions, window and history.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from feedback_loop.errors import UnreadableFile
from feedback_loop.methods.diagnosis.change_log import Change
from feedback_loop.methods.diagnosis.coding import Window
from feedback_loop.methods.diagnosis.diagnose import diagnose
from feedback_loop.methods.diagnosis.look import Cohort, Diagnosis
from feedback_loop.workflows.case_folders import (
    answers_of,
    as_texts,
    case_id_of,
    microseconds,
    read_complaints,
    read_rows,
    require_span,
    require_times,
    told_case,
)
from feedback_loop.workflows.try_files import Answer

TASK = "diagnose"


@dataclass(frozen=True)
class DiagnoseCase:
    """One case as its files tell it."""

    case_id: str
    dimensions: tuple[str, ...]
    window: Window
    complaints: pl.DataFrame
    changes: tuple[Change, ...]
    exposure: pl.DataFrame | None


def diagnose_answers(cases: Path, advance: Callable[[str], None] = lambda _: None) -> list[Answer]:
    """One answer per case folder, by name: `case_id, verdict, confidence, cohorts, causes, seconds`; BadInput where one can't be read."""
    return answers_of(cases, _answer, advance)


def read_case(folder: Path) -> DiagnoseCase:
    """The case in the folder."""
    with told_case(folder, TASK) as told:
        first, start, end = (
            microseconds(told[part][edge]) for part, edge in (("history", "start"), ("window", "start"), ("window", "end"))
        )
        if not first <= start < end:
            raise ValueError("the window must follow its history, and must have a length")
        require_span(first, start, end)
        case_id, dimensions = case_id_of(told), _dimensions(told["dimensions"])
    complaints = read_complaints(folder, ["occurred_at", *dimensions], ["customer_id"]).drop_nulls("occurred_at")
    texts = as_texts(complaints, [name for name in complaints.columns if name != "occurred_at"], folder / "complaints.parquet")
    changes = read_rows(folder / "changes.parquet", ["change_id", "started_at", "scope"])
    exposure = _exposure(folder / "exposure.parquet", dimensions)
    return DiagnoseCase(case_id, dimensions, Window(first, start, end), texts, tuple(_changes(changes, folder)), exposure)


def _dimensions(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise TypeError("dimensions is no list of names")
    return tuple(str(name) for name in given)


def _exposure(file: Path, dimensions: tuple[str, ...]) -> pl.DataFrame | None:
    """How many customers were active, as far as that is known; a number that no count can be would move what is expected unseen."""
    if not file.exists():
        return None
    rows = read_rows(file, ["hour", "active_customers"], dimensions)
    require_times(rows["hour"], file)
    if not rows.schema["active_customers"].is_numeric():
        raise UnreadableFile(file, "has a column active_customers that is no number. Write how many customers were active")
    texts = as_texts(rows, [name for name in dimensions if name in rows.columns], file).cast({"active_customers": pl.Float64})
    count = pl.col("active_customers")
    if not texts.filter((count < 0) | count.is_nan() | count.is_infinite()).is_empty():
        raise UnreadableFile(file, "has a column active_customers below zero, or that is no number. Write how many customers were active")
    return texts


def _changes(rows: pl.DataFrame, folder: Path) -> list[Change]:
    try:
        return [
            Change(str(name), microseconds(started.isoformat()), _scope(scope))
            for name, started, scope in rows.drop_nulls("started_at").select("change_id", "started_at", "scope").iter_rows()
        ]
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UnreadableFile(folder / "changes.parquet", f"has a row that can't be read ({error})") from error


def _scope(text: str | None) -> dict[str, tuple[str, ...]]:
    told = json.loads(text) if text else {}
    if not isinstance(told, dict) or not all(isinstance(values, list) for values in told.values()):
        raise ValueError("a scope is no JSON text {dimension: [values]}")
    return {str(name): tuple(map(str, values)) for name, values in told.items()}


def _answer(folder: Path) -> Answer:
    began = time.process_time()
    case = read_case(folder)
    found = diagnose(case.complaints, case.dimensions, case.changes, case.window, case.exposure)
    return {"case_id": case.case_id, **_told(found), "seconds": round(time.process_time() - began, 4)}


def _told(found: Diagnosis) -> Answer:
    return {
        "verdict": str(found.verdict),
        "confidence": round(found.confidence, 4),
        "cohorts": [_cohort(one) for one in found.cohorts],
        "causes": [{"change_id": name, "confidence": round(p, 4)} for name, p in found.causes],
    }


def _cohort(one: Cohort) -> dict[str, object]:
    figures = {"confidence": round(one.confidence, 4), "observed": one.observed, "expected": round(one.expected, 2)}
    return {"attributes": one.attributes, "aliases": list(one.aliases), **figures}
