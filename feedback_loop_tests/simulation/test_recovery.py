"""Tests of the score of found issues against planted faults."""

from __future__ import annotations

import pytest

from feedback_loop.simulation import Simulation, recovery


def test_issues_that_are_the_faults_score_one(lived: Simulation) -> None:
    found = [(message.message_id, f"issue of {message.fault}") for message in lived.messages if message.fault]
    for score in recovery(lived, found):
        assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 1.0)
        assert score.issue_id == f"issue of {score.fault}"


def test_one_issue_of_everything_has_full_recall_and_little_precision(lived: Simulation) -> None:
    for score in recovery(lived, [(message.message_id, "all") for message in lived.messages]):
        assert score.recall == 1.0
        assert score.precision == pytest.approx(score.message_count / len(lived.messages))


def test_the_best_of_several_issues_is_taken_and_pairs_count_once(lived: Simulation) -> None:
    planted = [message.message_id for message in lived.messages if message.fault == lived.scenario.faults[0].fault]
    half, other = planted[: len(planted) // 2], [message.message_id for message in lived.messages if message.fault is None][:50]
    found = [(each, "half") for each in half + half] + [(each, "poor") for each in planted[:3] + other]
    score = recovery(lived, found)[0]
    assert score.issue_id == "half"
    assert score.precision == 1.0
    assert score.recall == pytest.approx(len(half) / len(planted))


def test_a_fault_that_nobody_found_scores_zero(lived: Simulation) -> None:
    assert all((score.issue_id, score.f1) == (None, 0.0) for score in recovery(lived, []))
