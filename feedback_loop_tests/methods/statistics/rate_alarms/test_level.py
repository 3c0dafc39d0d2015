"""The level: where the days have been, where the next is expected, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.statistics.rate_alarms.level import CALM, Movement, fit_level, likeliest_movement

DAYS = np.arange(40)
STEADY = Movement(0.015, 0.02)


def test_a_steady_level_is_expected_to_stay() -> None:
    level = fit_level(np.full(40, 100.0), np.full(40, 50.0), STEADY)
    assert level.log_next == pytest.approx(np.log(2.0), abs=0.02)
    assert level.doubt < 0.01


def test_growth_is_followed_to_the_next_day() -> None:
    counts = 200.0 * np.exp(0.01 * DAYS)
    assert fit_level(counts, np.full(40, 1.0), STEADY).log_next == pytest.approx(np.log(200.0) + 0.4, abs=0.05)


def test_a_rare_stream_leaves_more_doubt_than_a_busy_one() -> None:
    rare, busy = (fit_level(np.full(40, n), np.full(40, n), CALM).doubt for n in (0.5, 50.0))
    assert rare > 2 * busy


def test_a_day_without_exposure_says_nothing() -> None:
    counts, exposures = np.full(40, 100.0), np.full(40, 50.0)
    known = fit_level(counts[1:], exposures[1:], CALM)
    counts[0] = exposures[0] = 0.0
    assert fit_level(counts, exposures, CALM).log_next == pytest.approx(known.log_next, abs=1e-3)


def test_days_that_differ_by_themselves_are_told_from_a_steady_level() -> None:
    rng = np.random.default_rng(3)
    uneven = rng.poisson(300.0 * np.exp(0.3 * rng.standard_normal(40))).astype(float)
    assert likeliest_movement(uneven, np.full(40, 300.0)).day_spread == 0.3
    assert likeliest_movement(rng.poisson(np.full(40, 300.0)).astype(float), np.full(40, 300.0)).day_spread == 0.02


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30))
def test_any_days_give_a_level_within_what_they_held(counts: list[int]) -> None:
    level = fit_level(np.asarray(counts, float), np.ones(len(counts)), Movement(0.05, 0.3))
    assert np.isfinite([level.log_next, level.doubt, level.log_evidence, *level.past]).all()
    assert np.log(min(counts) + 0.01) - 1.0 < level.past.min()
    assert level.past.max() < np.log(max(counts) + 1.0) + 1.0
