"""Tests of scores over many runs: each figure over the runs that it concerns, told as simulated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_loop.simulation import Score, negative_review_change, score_report, score_rows

RUN = Score(
    kind="entitlement",
    seed=1,
    is_detected=True,
    detection_delay_hours=3.0,
    is_cause_first=True,
    is_cause_first_named=True,
    is_cause_in_top_three=True,
    is_innocent_blamed=False,
    has_abstained_rightly=None,
    has_false_action=False,
    has_false_automation=False,
    hours_to_fix=10.0,
    negative_review_share=0.3,
)
MISSED = replace(
    RUN, seed=2, is_detected=False, detection_delay_hours=None, is_cause_first=None, is_innocent_blamed=None, hours_to_fix=50.0
)
OUTCRY = replace(RUN, kind="viral_complaint", is_cause_first=None, has_abstained_rightly=True, hours_to_fix=None)


def test_there_is_a_row_per_kind_and_one_of_all() -> None:
    rows = score_rows("loop", [OUTCRY, RUN, MISSED])
    assert [(row.loop, row.kind, row.run_count) for row in rows] == [
        ("loop", "entitlement", 2),
        ("loop", "viral_complaint", 1),
        ("loop", "all", 3),
    ]


def test_a_figure_counts_the_runs_where_its_question_arose() -> None:
    first, outcry, everything = score_rows("loop", [RUN, MISSED, OUTCRY])
    assert first.detected is not None
    assert (first.detected.value, first.detected.count) == (0.5, 2)
    assert first.cause_first is not None
    assert (first.cause_first.value, first.cause_first.count) == (1.0, 1)
    assert (first.abstained_rightly, outcry.cause_first, outcry.hours_to_fix) == (None, None, None)
    assert everything.hours_to_fix is not None
    assert (everything.hours_to_fix.value, everything.hours_to_fix.count) == (30.0, 2)


def test_less_bad_reviews_are_told_over_pairs_of_the_same_run() -> None:
    without = [replace(RUN, seed=seed, negative_review_share=0.4) for seed in range(5)]
    with_loop = [replace(RUN, seed=seed, negative_review_share=0.3) for seed in range(1, 9)]
    found = negative_review_change(without, with_loop)
    assert found is not None
    assert found.value == pytest.approx(-0.25)
    assert found.count == 4
    assert negative_review_change(without, []) is None
    assert negative_review_change([replace(RUN, negative_review_share=None)], [RUN]) is None


def test_the_table_calls_every_figure_simulated() -> None:
    report = score_report(score_rows("loop", [RUN, MISSED, OUTCRY]))
    head, rule, *lines = report.splitlines()
    columns = head.strip("| ").split(" | ")
    assert columns[:2] == ["loop", "planted fault"]
    assert all(column.endswith("(simulated)") for column in columns[2:])
    assert {line.count("|") for line in (head, rule, *lines)} == {len(columns) + 1}
    assert lines[0].startswith("| loop | entitlement | 2 | 50% (9%…91%) | 3.0 (3.0…3.0) | 100%")
    assert "| – |" in lines[0]
