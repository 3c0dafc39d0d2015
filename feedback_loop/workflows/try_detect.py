"""`try detect`: when did the complaint rate rise, answered for each case folder of a user's own.

A case is `case.json` and `complaints.parquet`; the method is `methods/statistics/rate_alarms`. The rule that is easy to break: an alarm
depends on nothing after it, so that a case cut short has the same alarms up to its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.errors import UnreadableFile
from feedback_loop.methods.statistics.rate_alarms.stream import Stream
from feedback_loop.methods.statistics.rate_alarms.watch import raised_alarms
from feedback_loop.workflows.case_folders import (
    answers_of,
    case_id_of,
    microseconds,
    read_complaints,
    require_known,
    require_span,
    told_case,
)
from feedback_loop.workflows.try_files import Answer

TASK = "detect"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_MINUTES = 1440


@dataclass(frozen=True)
class WatchedCase:
    """One stream: from when it is known, from when it is watched, and in how many days one false alarm may come."""

    case_id: str
    stream: Stream
    watched_from: int
    days_per_false_alarm: float


def detect_answers(cases: Path, advance: Callable[[str], None] = lambda _: None) -> list[Answer]:
    """One answer per case folder, by name: `case_id, alarms, seconds`; raises BadInput where a case can't be read."""
    return answers_of(cases, _answer, advance)


def read_case(folder: Path) -> WatchedCase:
    """The case in the folder."""
    with told_case(folder, TASK) as told:
        first, start, end = (
            microseconds(told[span][side]) for span, side in (("history", "start"), ("window", "start"), ("window", "end"))
        )
        if not first < start < end:
            raise ValueError("the window must follow a history, and both must have a length")
        require_span(first, start, end)
        minutes, days = _bin_minutes(told["bin_minutes"]), _days_per_false_alarm(told["alarm_budget"])
        case_id = case_id_of(told)
    return WatchedCase(case_id, Stream.of(_instants(folder), first, end, minutes), start, days)


def _bin_minutes(given: Any) -> int:
    minutes = int(given)
    if minutes != given or minutes < 1 or _DAY_MINUTES % minutes:
        raise ValueError(f"bin_minutes is {given}; it must be a whole number that divides a day of {_DAY_MINUTES} minutes")
    return minutes


def _days_per_false_alarm(budget: Any) -> float:
    false_alarms, days = float(budget["false_alarms"]), float(budget["days"])
    if not (0.0 < false_alarms < float("inf") and 0.0 < days < float("inf")):
        raise ValueError("alarm_budget must allow more than 0 false alarms in more than 0 days")
    return days / false_alarms


def _instants(folder: Path) -> npt.NDArray[np.int64]:
    moments = read_complaints(folder, ("occurred_at",))["occurred_at"]
    if not isinstance(moments.dtype, pl.Datetime):
        raise UnreadableFile(folder / "complaints.parquet", "has a column occurred_at that is no time. Write it as a timestamp in UTC")
    require_known(moments, folder / "complaints.parquet")
    return moments.dt.epoch("us").to_numpy().astype(np.int64)


def _answer(folder: Path) -> Answer:
    began = time.process_time()
    case = read_case(folder)
    raised = raised_alarms(case.stream, case.watched_from, case.days_per_false_alarm)
    alarms = [{"raised_at": (_EPOCH + instant * _MICROSECOND).isoformat(timespec="microseconds")} for instant in raised]
    return {"case_id": case.case_id, "alarms": alarms, "seconds": round(time.process_time() - began, 4)}
