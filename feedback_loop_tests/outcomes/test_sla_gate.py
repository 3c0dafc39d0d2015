"""A class is late by the promises of the week that were not kept, and by nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.sla_gate import LOOK_BACK, late_classes
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START

STAGE, HOUR = TABLES["outcomes_sla_stage"], timedelta(hours=1)


def stages(*verdicts: str, **changes: Any) -> pl.DataFrame:
    row = {
        "promised_stage": "triage", "class_applied": "crash", "clock_started_at": START - HOUR, "measured_at": START,
        "event_date": START.date(),
    }  # fmt: skip
    return frame_of(STAGE, *({"sla_stage_id": f"s{n}", **row, "sla_verdict": verdict, **changes} for n, verdict in enumerate(verdicts)))


@pytest.mark.parametrize(
    ("verdicts", "is_late"),
    [
        (("breached", "met", "met"), True),
        (("breached", "met", "met", "met", "met"), False),
        (("breached", "breached"), False),
        (("running", "at_risk", "paused", "breached"), False),
        ((), False),
    ],
)
def test_a_class_is_late_where_more_than_a_fifth_of_three_promises_or_more_were_broken(verdicts: tuple[str, ...], is_late: bool) -> None:
    assert late_classes(stages(*verdicts), START) == (frozenset({"crash"}) if is_late else frozenset())


@pytest.mark.parametrize(
    "changes",
    [
        {"promised_stage": "mitigate"},
        {"class_applied": None},
        {"clock_started_at": START - LOOK_BACK},
        {"measured_at": START + HOUR},
    ],
)
def test_other_promises_other_weeks_and_what_was_measured_later_do_not_count(changes: dict[str, Any]) -> None:
    assert late_classes(stages("breached", "breached", "breached", **changes), START) == frozenset()
