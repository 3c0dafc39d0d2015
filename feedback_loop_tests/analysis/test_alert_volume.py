"""The strongest alerts are drawn from their own complaints, without gaps, with what may have caused them marked."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from feedback_loop.analysis.alert_volume import DAYS_BEFORE, PART_HOURS, AlertVolume, strongest_volumes
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.contracts.rows import INSTANT, frame_of

DAY = INSTANT.date()
HOURS_AGO = (0, 1, 5, 50, 24 * 30)
FRAGMENTS = frame_of(
    TABLES["silver_fragment"],
    *({"fragment_id": f"f{n}", "occurred_at": INSTANT - timedelta(hours=hours)} for n, hours in enumerate(HOURS_AGO)),
    {"fragment_id": "other", "product": "other", "occurred_at": INSTANT},
)
CLASSES = frame_of(TABLES["analysis_classification"], *({"fragment_id": f"f{n}", "best_class": "crash"} for n in range(2)))
CLUSTERS = frame_of(TABLES["analysis_cluster"], {"cluster_id": "c1", "member_fragment_ids": ["f0", "f2", "f3", "f4", "other"]})


def hypothesis(rank: int, kind: str, verdict: str, hours_ago: int | None) -> dict[str, Any]:
    started = None if hours_ago is None else INSTANT - timedelta(hours=hours_ago)
    known = {"hypothesis_id": f"h{rank}", "alert_id": "a1", "hypothesis_rank": rank, "onset_at": INSTANT - timedelta(hours=4)}
    return {**known, "hypothesis_verdict": verdict, "cause_kind": kind, "cause_id": kind, "cause_started_at": started}


HYPOTHESES = frame_of(
    TABLES["analysis_hypothesis"],
    hypothesis(1, "flag", "refuted", 9),
    hypothesis(2, "deploy", "likely", 6),
    hypothesis(3, "unknown", "insufficient_evidence", None),
    hypothesis(4, "config", "possible", 7),
    hypothesis(5, "incident", "possible", 8),
)


def alert(name: str = "a1", score: float = 5.0, day: date = DAY, **about: Any) -> dict[str, Any]:
    usual = {"alerted_cluster_id": None, "alerted_class": None}
    return {"alert_id": name, "alert_score": score, "event_date": day, "raised_at": INSTANT, **usual, **about}


def volumes(*alerts: dict[str, Any], most: int = 3) -> list[AlertVolume]:
    found = frame_of(TABLES["analysis_alert"], *alerts)
    return strongest_volumes(found, HYPOTHESES, FRAGMENTS, CLASSES, CLUSTERS, most)


@pytest.mark.parametrize(("about", "count"), [({"alerted_cluster_id": "c1"}, 3), ({"alerted_class": "crash"}, 2), ({}, 4)])
def test_the_complaints_of_the_alerts_subject_and_days_are_counted(about: dict[str, Any], count: int) -> None:
    (found,) = volumes(alert(**about))
    assert found.counts["complaint_count"].sum() == count


def test_parts_of_days_without_a_complaint_are_rows_too() -> None:
    (found,) = volumes(alert(alerted_cluster_id="c1"))
    starts = found.counts["part_starts_at"].to_list()
    assert len(starts) == DAYS_BEFORE * 24 // PART_HOURS
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(hours=PART_HOURS)}
    assert starts[0].date() == DAY - timedelta(days=DAYS_BEFORE - 1)


def test_the_alert_the_onset_and_the_two_likeliest_changes_that_are_not_refuted_are_marked_in_order() -> None:
    (found,) = volumes(alert())
    assert [mark.what for mark in found.marks] == ["config config began", "deploy deploy began", "complaints began to rise", "alert"]


def test_an_alert_without_hypotheses_has_its_own_mark_alone() -> None:
    (found,) = volumes(alert("a2"))
    assert [mark.what for mark in found.marks] == ["alert"]


def test_the_strongest_of_the_last_day_are_taken() -> None:
    told = [alert("old", 99.0, DAY - timedelta(days=1)), alert("a", 1.0), alert("b", 3.0), alert("c", 2.0)]
    assert [one.alert["alert_id"] for one in volumes(*told, most=2)] == ["b", "c"]


def test_without_an_alert_there_is_nothing_to_draw() -> None:
    none = pl.DataFrame(schema=pl.Schema(TABLES["analysis_alert"].schema))
    assert strongest_volumes(none, HYPOTHESES, FRAGMENTS, CLASSES, CLUSTERS) == []
