"""A rise is evident where a segment has more than its share since some moment, and a rise of all where all have more than usual."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.diagnosis.level import STEPS, Level
from feedback_loop.methods.diagnosis.rise import Shares, log_evidence, log_evidence_of_all
from feedback_loop.methods.statistics.calibration import Reals

LEVEL = Level(100.0, 100.0, 1 - np.arange(STEPS) / STEPS, np.arange(STEPS).astype(float))


def counts(before: float, after: float, onset: int = STEPS // 2) -> Reals:
    """Complaints since each moment, evenly before and after the onset."""
    step = np.r_[np.full(onset, before / onset), np.full(STEPS - onset, after / (STEPS - onset))]
    since: Reals = step[::-1].cumsum()[::-1]
    return since


def shares_of(observed: float, usual: float, counted: float, variance: float, total: int) -> Shares:
    return Shares(np.array([observed]), np.array([usual]), np.array([counted]), np.array([variance]), total, 2800.0)


def evidence(observed: float, after: float, usual: float, total: int = 100, counted: float | None = None, variance: float = 0.0) -> Reals:
    shares = shares_of(observed, usual, usual if counted is None else counted, variance, total)
    found: Reals = log_evidence(counts(observed - after, after)[None], shares, LEVEL)[0]
    return found


def test_a_segment_with_its_usual_part_is_evidence_against_a_rise() -> None:
    assert evidence(10, 5, 280).max() < 0.5
    assert evidence(10, 5, 280)[0] < 0


def test_a_segment_with_four_times_its_part_is_evidence_for_one() -> None:
    assert evidence(40, 35, 280, total=130).max() > 15


def test_the_moment_from_which_it_rose_is_the_likeliest() -> None:
    assert abs(int(evidence(40, 38, 280, total=130).argmax()) - STEPS // 2) <= 4


def test_few_rows_of_history_and_shares_that_vary_make_it_unsure() -> None:
    clear = evidence(20, 18, 140).max()
    assert evidence(20, 18, 140, counted=2.0).max() < clear
    assert evidence(20, 18, 140, variance=0.5).max() < clear


def test_a_rise_of_all_needs_more_than_days_vary() -> None:
    usual, twice = (log_evidence_of_all(counts(n / 2, n / 2), n, LEVEL).max() for n in (100, 220))
    assert usual < 1
    assert twice > 10
    unsteady = Level(100.0, 4.0, LEVEL.share_after, LEVEL.moments)
    assert log_evidence_of_all(counts(110, 110), 220, unsteady)[0] < 3


def test_where_the_level_is_unknown_only_the_share_tells() -> None:
    shares = shares_of(40.0, 280.0, 280.0, 0.0, 130)
    many = shares_of(400.0, 280.0, 280.0, 0.0, 1300)
    assert log_evidence(counts(20, 20)[None], shares, LEVEL, 1e-6)[0, 0] > 10
    assert log_evidence(counts(200, 200)[None], many, LEVEL, 1e-6)[0, 0] > 60


def test_one_segment_of_many_has_the_same_evidence_alone() -> None:
    both = Shares(np.array([40.0, 10.0]), np.array([280.0, 280.0]), np.array([280.0, 280.0]), np.zeros(2), 130, 2800.0)
    after = np.vstack([counts(5, 35), counts(5, 5)])
    together = log_evidence(after, both, LEVEL)
    assert log_evidence(after[1:], both.of(1), LEVEL)[0] == pytest.approx(together[1])
