"""One look of an analysis, made by hand: an alert, its segment and causes, and the four fragments beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.as_known import Findings
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import Row, cause_row, cohort_row, frame

FRAGMENT, RECORD, CLASS, CLUSTER = (
    TABLES[name] for name in ("silver_fragment", "bronze_feedback_record", "analysis_classification", "analysis_cluster")
)
TABLE_OF = {
    "messages": "silver_message", "fragments": "silver_fragment", "classifications": "analysis_classification",
    "clusters": "analysis_cluster", "alerts": "analysis_alert", "cohorts": "analysis_cohort", "hypotheses": "analysis_hypothesis",
}  # fmt: skip
"""The table whose rows each part of findings holds."""

SAID = {"r1": ("crash", -1), "r2": ("crash", -2), "r3": ("billing", -1), "r4": ("crash", -7)}
"""The class of each record and its hours before the alert, whose window is six hours."""


def records() -> pl.DataFrame:
    at = {"occurred_at": START, "event_date": START.date()}
    ids = [{"record_id": name, "record_version_id": name, "source_record_id": f"{name}-of-source"} for name in SAID]
    return frame_of(RECORD, *(each | at for each in ids))


def findings(now: datetime, *alerts: Row, causes: list[Row] | None = None) -> Findings:
    """The look at an instant: the alerts beside four fragments, one record each."""
    ids = [{"fragment_id": f"f-{name}", "event_date": START.date()} for name in SAID]
    said = [
        each | {"record_id": name, "occurred_at": START + timedelta(hours=hours)}
        for each, (name, (_, hours)) in zip(ids, SAID.items(), strict=True)
    ]
    classes = [each | {"best_class": best} for each, (best, _) in zip(ids, SAID.values(), strict=True)]
    cluster = {"cluster_id": "cluster_1", "member_fragment_ids": ["f-r2", "f-r3", "f-r4"], "event_date": START.date()}
    return Findings(
        day=START.date(),
        as_of=now,
        messages=frame("silver_message", []),
        fragments=frame_of(FRAGMENT, *said),
        classifications=frame_of(CLASS, *classes),
        clusters=frame_of(CLUSTER, cluster),
        alerts=frame("analysis_alert", list(alerts)),
        cohorts=frame("analysis_cohort", [cohort_row()] if alerts else []),
        hypotheses=frame("analysis_hypothesis", ([cause_row()] if causes is None else causes) if alerts else []),
    )
