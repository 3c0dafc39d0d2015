"""`try verify-fix`: did a fix work, answered for each case folder of a user's own.

A case is `case.json` and `complaints.parquet`; the method is `methods/statistics/difference_in_differences`. A customer who complains many
times a day counts once that day, or one angry customer would look like many. The rule that is easy to break: nothing is assumed of a case
but what its own files say, not how long it lasts, nor that there were complaints in each part of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from feedback_loop.errors import UnreadableFile
from feedback_loop.methods.statistics.difference_in_differences import BIN, Period, fix_effect
from feedback_loop.outcomes.treated import once_a_day
from feedback_loop.workflows.case_folders import (
    answers_of,
    case_id_of,
    instant_of,
    microseconds,
    read_complaints,
    require_known,
    require_span,
    told_case,
)
from feedback_loop.workflows.try_files import Answer

TASK = "verify_fix"
_COLUMNS = ("occurred_at", "treated", "control")
_CUSTOMER = "customer_id"


@dataclass(frozen=True)
class FixCase:
    """One case: when history, symptom, fix and end were, and the complaints of treated and control."""

    case_id: str
    instants: tuple[datetime, datetime, datetime, datetime]
    bin_length: timedelta
    complaints: pl.DataFrame


def verify_fix_answers(cases: Path, advance: Callable[[str], None] = lambda _: None) -> list[Answer]:
    """One answer per case folder, by name: `case_id, verdict, ratio, low, high, seconds`; raises BadInput where a case can't be read."""
    return answers_of(cases, _answer, advance)


def read_case(folder: Path) -> FixCase:
    """The case in the folder."""
    with told_case(folder, TASK) as told:
        named = (told["history"]["start"], told["symptom_start"], told["fix_at"], told["window"]["end"])
        first, symptom, fix, end = (instant_of(text) for text in named)
        require_span(*map(microseconds, named))
        bin_length = max(timedelta(minutes=float(told.get("bin_minutes", 1440))), BIN)
        return FixCase(case_id_of(told), (first, symptom, fix, end), bin_length, _complaints(folder))


def _complaints(folder: Path) -> pl.DataFrame:
    file = folder / "complaints.parquet"
    found = read_complaints(folder, _COLUMNS, [_CUSTOMER])
    require_known(found["occurred_at"], file)
    for name in ("treated", "control"):
        if found.schema[name] != pl.Boolean:
            raise UnreadableFile(file, f"has a column {name} of the type {found.schema[name]}. Write it as true or false")
    return once_a_day(found.select(_CUSTOMER, *_COLUMNS)).select(_COLUMNS) if _CUSTOMER in found.columns else found


def _answer(folder: Path) -> Answer:
    began = time.process_time()
    case = read_case(folder)
    first, symptom, fix, end = case.instants
    found = fix_effect(_period(case, first, symptom), _period(case, symptom, fix), _period(case, fix, end))
    seconds = round(time.process_time() - began, 4)
    figures = {"ratio": found.ratio, "low": found.low, "high": found.high}
    return {"case_id": case.case_id, "verdict": str(found.verdict), **figures, "seconds": seconds}


def _period(case: FixCase, start: datetime, end: datetime) -> Period:
    treated, control = (case.complaints.filter(group)["occurred_at"].dt.epoch("us").to_numpy() for group in ("treated", "control"))
    return Period.of(treated, control, start, end, case.bin_length)
