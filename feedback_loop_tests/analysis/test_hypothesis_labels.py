"""The latest label of a hypothesis counts with the score that it had, and scores fail only where labels prove them far off."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from feedback_loop.analysis.hypothesis_labels import counting, judged_against_their_score, score_judgement, scores_and_truth, waiting
from feedback_loop.analysis.model_health import FEWEST_ANSWERS
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.analysis.hypothesis_rows import hypothesis_labels
from feedback_loop_tests.contracts.rows import frame_of


def many(count: int, score: float, confirmed: int) -> pl.DataFrame:
    """So many hypotheses of one score, of which so many were confirmed."""
    return hypothesis_labels(*((f"h{n:03}", "confirmed" if n < confirmed else "rejected", score) for n in range(count)))


def test_the_latest_label_of_a_hypothesis_counts() -> None:
    labels = hypothesis_labels(("a", "confirmed", 0.9), ("b", "rejected", 0.2), ("a", "rejected", 0.7))
    assert counting(labels)["hypothesis_label"].to_list() == ["rejected", "rejected"]
    score, is_confirmed = scores_and_truth(labels)
    assert score.tolist() == [0.7, 0.2]
    assert not is_confirmed.any()


def test_nothing_is_proven_by_few_labels_and_it_is_said_how_many_are_needed() -> None:
    found = score_judgement(many(FEWEST_ANSWERS - 1, 0.99, 0))
    assert found.is_passed
    assert "1 more are needed" in found.said
    assert "labels hypotheses --waiting" in found.said
    assert score_judgement(hypothesis_labels()).is_passed


@pytest.mark.parametrize(("score", "confirmed", "is_passed", "is_error"), [
    (0.9, 5, False, True), (0.2, 38, False, False), (0.9, 36, True, False), (0.9, 33, True, False),
])  # fmt: skip
def test_scores_fail_where_labels_prove_them_far_off_and_stop_only_where_they_are_too_high(
    score: float, confirmed: int, is_passed: bool, is_error: bool
) -> None:
    found = score_judgement(many(40, score, confirmed))
    assert (found.is_passed, found.is_error) == (is_passed, is_error)
    assert ("too high" in found.said, "too low" in found.said) == (is_error, not is_passed and not is_error)
    assert sum(one["count"] for one in found.figures) == 40


def test_a_label_that_was_taken_back_proves_nothing() -> None:
    rejected = many(40, 0.9, 0)
    later = rejected.with_columns(
        label_id=pl.col("label_id") + "b", hypothesis_label=pl.lit("confirmed"), labelled_at=pl.col("labelled_at") + pl.duration(days=1)
    )
    assert score_judgement(pl.concat([rejected, later])).is_passed


def test_the_boldest_mistakes_are_named_first() -> None:
    labels = hypothesis_labels(
        ("sure", "rejected", 0.95), ("right", "confirmed", 0.9), ("missed", "confirmed", 0.1), ("half", "rejected", 0.5)
    )
    assert judged_against_their_score(labels) == ["sure", "missed", "half"]


def test_hypotheses_that_claim_something_wait_until_somebody_judges_them() -> None:
    rows = frame_of(
        TABLES["analysis_hypothesis"],
        *(
            {"hypothesis_id": name, "hypothesis_score": score, "hypothesis_verdict": verdict, "event_date": date(2026, 1, day)}
            for name, score, verdict, day in (
                ("old", 0.9, "likely", 1), ("new", 0.6, "possible", 2), ("newer", 0.8, "likely", 2), ("known", 0.9, "likely", 2),
                ("refuted", 0.3, "refuted", 2), ("no claim", 0.01, "possible", 2),
            )
        ),
    )  # fmt: skip
    labels = hypothesis_labels(("known", "rejected", 0.9))
    assert waiting(rows, labels)["hypothesis_id"].to_list() == ["newer", "new", "old"]
    assert np.array_equal(waiting(rows, hypothesis_labels())["hypothesis_id"].sort(), ["known", "new", "newer", "old"])
